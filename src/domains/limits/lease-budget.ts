import type { Pool } from "pg";
import type { PointsCents } from "#kernel/money.ts";
import type { EpochMs } from "#kernel/time.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import { freeCents, type Lease, rowKeyOf, shareToLease } from "./core/lease.ts";
import { closeLeases, insertLease, lockBudget, openGrants } from "./store/leases.ts";

/** How long "nothing is left" is believed: a raised limit is noticed after that. */
const FINAL_MS = 1_000;

export type LeaseRequest = {
  readonly key: string;
  /** Undefined for a deposit: its limit is what was paid in, and stays as it is. */
  readonly limitCents: PointsCents | undefined;
  /** Needed at once; the lease is at least this much, or all that is left. */
  readonly wantCents: PointsCents;
  /** The lane's lease so far, to be closed. */
  readonly before: number | undefined;
};

/**
 * Leases a share of a budget. Where too little is free, all leases are recalled first, also those of processes that
 * died: only what is spent counts then. A lease that is still less than wanted is final: what it lacks is refused.
 */
export async function leaseBudget(pool: Pool, request: LeaseRequest, now: EpochMs): Promise<Lease> {
  const { limitCents, wantCents } = request;
  const key = rowKeyOf(request.key);
  return transaction(pool, async (client) => {
    const locked = await lockBudget(client, key, limitCents, now);
    const settledCents =
      request.before === undefined ? locked.settledCents : await closeLeases(client, key, request.before);
    const openCents = await openGrants(client, key);
    const share = shareToLease(freeCents(request.key, { ...locked, settledCents }, openCents), wantCents);
    if (share !== undefined) return grant(share, 0);
    const spentCents = await closeLeases(client, key);
    const free = Math.max(0, freeCents(request.key, { ...locked, settledCents: spentCents }, 0));
    const isFinal = free <= wantCents;
    return grant(Math.min(free, wantCents), isFinal ? now + FINAL_MS : 0);

    async function grant(grantedCents: PointsCents, finalUntil: EpochMs): Promise<Lease> {
      return { leaseId: await insertLease(client, key, grantedCents), grantedCents, used: 0, finalUntil };
    }
  });
}
