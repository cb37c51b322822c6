import type { Pool } from "pg";
import type { PointsCents } from "#kernel/money.ts";
import type { EpochMs } from "#kernel/time.ts";
import type { Lease } from "./core/lease.ts";
import type { LeaseRequest } from "./core/lease-from.ts";
import { leaseBudget } from "./lease-budget.ts";

/** What a decision may take of budgets, and takes. */
export type BudgetSession = {
  /** What may still be used, as far as this lane has leased. */
  left(key: string): PointsCents;
  /** Whether more could be had: then a decision that needs it waits for a lease. */
  canLease(key: string): boolean;
  /** Takes what an accepted decision uses. */
  take(uses: readonly BudgetUse[]): void;
};

export type BudgetUse = { readonly key: string; readonly cents: PointsCents };
export type BudgetWant = {
  readonly key: string;
  /** Undefined for a deposit. */
  readonly limitCents: PointsCents | undefined;
  readonly wantCents: PointsCents;
};
export type LeaseUse = { readonly leaseId: number; readonly cents: PointsCents };

/** The leases of one lane. One batch at a time uses them, so nothing here is shared. */
export type LaneBudgets = {
  begin(now: EpochMs): BudgetSession;
  /** What the session used, for the posting. */
  uses(): LeaseUse[];
  /** The posting was committed. */
  settle(): void;
  /** Whether it was is not known, or a lease was recalled: what is left is asked anew. */
  doubt(): void;
  lease(wants: readonly BudgetWant[], now: EpochMs): Promise<void>;
};

export function createLaneBudgets(pool: Pool): LaneBudgets {
  return laneBudgetsOver((request, now) => leaseBudget(pool, request, now));
}

/** The same over whatever leases. */
export function laneBudgetsOver(leaseOne: (request: LeaseRequest, now: EpochMs) => Promise<Lease>): LaneBudgets {
  const leases = new Map<string, Lease>();
  /** Leases that may have been recalled: closed when the budget is leased anew. */
  const doubtful = new Map<string, number>();
  let taken = new Map<string, PointsCents>();
  return {
    begin: (now) => {
      taken = new Map();
      return sessionOf(leases, taken, now);
    },
    uses: () =>
      [...taken]
        .filter(([, cents]) => cents > 0)
        .map(([key, cents]) => ({ leaseId: (leases.get(key) as Lease).leaseId, cents }))
        .sort((a, b) => a.leaseId - b.leaseId),
    settle: () => {
      for (const [key, cents] of taken) {
        const lease = leases.get(key);
        if (lease) lease.used += cents;
      }
      taken = new Map();
    },
    doubt: () => {
      for (const key of taken.keys()) {
        const lease = leases.get(key);
        if (!lease) continue;
        doubtful.set(key, lease.leaseId);
        leases.delete(key);
      }
      taken = new Map();
    },
    // One after the other: two budgets at once from one lane could wait for each other.
    lease: async (wants, now) => {
      for (const { key, limitCents, wantCents } of wants) {
        const before = leases.get(key)?.leaseId ?? doubtful.get(key);
        const lease = await leaseOne({ key, limitCents, wantCents, before }, now);
        doubtful.delete(key);
        leases.set(key, lease);
      }
    },
  };
}

function sessionOf(leases: ReadonlyMap<string, Lease>, taken: Map<string, PointsCents>, now: EpochMs): BudgetSession {
  return {
    left: (key) => {
      const lease = leases.get(key);
      return lease === undefined ? 0 : lease.grantedCents - lease.used - (taken.get(key) ?? 0);
    },
    canLease: (key) => (leases.get(key)?.finalUntil ?? 0) <= now,
    take: (uses) => {
      for (const { key, cents } of uses) taken.set(key, (taken.get(key) ?? 0) + cents);
    },
  };
}
