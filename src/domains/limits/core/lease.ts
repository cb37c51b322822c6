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

export type Grant = {
  readonly settledCents: PointsCents;
  readonly limitCents: PointsCents;
  /** Granted by leases that are open. */
  readonly openCents: PointsCents;
};

/**
 * How much to lease when `want` is needed at once: an eighth of what is free, so that the first process does not take
 * it all and a busy one comes back rarely. Undefined when leases have to be recalled first.
 */
export function shareToLease(budget: Grant, want: PointsCents): PointsCents | undefined {
  const free = budget.limitCents - budget.settledCents - budget.openCents;
  return free >= want ? Math.max(want, Math.floor(free / 8)) : undefined;
}
