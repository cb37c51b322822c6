import type { PointsCents } from "#kernel/money.ts";
import type { EpochMs } from "#kernel/time.ts";
import { type BudgetRow, freeCents, type Lease, shareToLease } from "./lease.ts";

export type LeaseRequest = {
  readonly key: string;
  /** Undefined for a deposit: its limit is what was paid in, and stays as it is. */
  readonly limitCents: PointsCents | undefined;
  /** Needed at once; the lease is at least this much, or all that is left. */
  readonly wantCents: PointsCents;
  /** The lane's lease so far, to be closed. */
  readonly before: number | undefined;
};

/** One budget while its row is locked: nobody else leases or recalls meanwhile, but open leases go on being used. */
export type LockedBudget = {
  readonly row: BudgetRow;
  /** Granted by leases that are open. */
  openCents(): Promise<PointsCents>;
  /** Closes one lease, or all; gives what is settled then. A posting that comes after finds it closed. */
  close(leaseId?: number): Promise<PointsCents>;
  /** A new lease; gives its id. */
  grant(cents: PointsCents): Promise<number>;
};

/** How long "nothing is left" is believed: a raised limit is noticed after that. */
const FINAL_MS = 1_000;

/**
 * Leases a share of a budget. Where too little is free, all leases are recalled first, also those of processes that
 * died: only what is spent counts then. A lease that is still less than wanted is final: what it lacks is refused.
 */
export async function leaseFrom(budget: LockedBudget, request: LeaseRequest, now: EpochMs): Promise<Lease> {
  const { key, wantCents, before } = request;
  const { row } = budget;
  const settledCents = before === undefined ? row.settledCents : await budget.close(before);
  const share = shareToLease(freeCents(key, { ...row, settledCents }, await budget.openCents()), wantCents);
  if (share !== undefined) return grant(share, 0);
  const spentCents = await budget.close();
  const free = Math.max(0, freeCents(key, { ...row, settledCents: spentCents }, 0));
  return grant(Math.min(free, wantCents), free <= wantCents ? now + FINAL_MS : 0);

  async function grant(grantedCents: PointsCents, finalUntil: EpochMs): Promise<Lease> {
    return { leaseId: await budget.grant(grantedCents), grantedCents, used: 0, finalUntil };
  }
}
