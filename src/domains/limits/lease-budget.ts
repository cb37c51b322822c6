import type { Pool } from "pg";
import type { EpochMs } from "#kernel/time.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import { type Lease, rowKeyOf } from "./core/lease.ts";
import { type LeaseRequest, leaseFrom } from "./core/lease-from.ts";
import { closeLeases, insertLease, lockBudget, openGrants } from "./store/leases.ts";

/** Leases a share of a budget in one transaction, under the lock of its row. */
export async function leaseBudget(pool: Pool, request: LeaseRequest, now: EpochMs): Promise<Lease> {
  const key = rowKeyOf(request.key);
  return transaction(pool, async (client) => {
    const row = await lockBudget(client, key, request.limitCents, now);
    const budget = {
      row,
      openCents: () => openGrants(client, key),
      close: (leaseId?: number) => closeLeases(client, key, leaseId),
      grant: (cents: number) => insertLease(client, key, cents),
    };
    return leaseFrom(budget, request, now);
  });
}
