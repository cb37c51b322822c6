import type { PointsCents } from "#kernel/money.ts";
import type { EpochMs } from "#kernel/time.ts";

/** A share of one budget that one lane may use. `used` is what this lane has posted under it. */
export type Lease = {
  readonly leaseId: number;
  readonly grantedCents: PointsCents;
  used: PointsCents;
  /** Nothing more was to be had when it was granted, all leases recalled: what it has not is refused until then. */
  readonly finalUntil: EpochMs;
};

/** A budget as its row has it. */
export type BudgetRow = {
  readonly limitCents: PointsCents;
  /** Came free again: it may be used once more. */
  readonly freedCents: PointsCents;
  /** Spoken for by awards that wait for a top-up. */
  readonly waitingCents: PointsCents;
  /** Used under leases that are closed. */
  readonly settledCents: PointsCents;
};

/** Leased under this prefix, a cover also gives what waiting awards have spoken for: they lease it so themselves. */
export const WAITING_PREFIX = "w:";

/** What is not used and not leased, for whoever asks by this key; below 0 where more was given than is covered. */
export function freeCents(key: string, budget: BudgetRow, openCents: PointsCents): PointsCents {
  const spokenFor = key.startsWith(WAITING_PREFIX) ? 0 : budget.waitingCents;
  return budget.limitCents + budget.freedCents - budget.settledCents - openCents - spokenFor;
}

/**
 * How much to lease when `want` is needed at once: an eighth of what is free, so that the first process does not take
 * it all and a busy one comes back rarely. Undefined when leases have to be recalled first.
 */
export function shareToLease(free: PointsCents, want: PointsCents): PointsCents | undefined {
  return free >= want ? Math.max(want, Math.floor(free / 8)) : undefined;
}

/** The row that a key leases from: waiting awards lease from the cover itself. */
export function rowKeyOf(key: string): string {
  return key.startsWith(WAITING_PREFIX) ? key.slice(WAITING_PREFIX.length) : key;
}
