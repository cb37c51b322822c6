import type { ClientBase } from "pg";
import type { PointsCents } from "#kernel/money.ts";
import type { BudgetRow } from "../core/lease.ts";

/**
 * By primary key; the row is locked until the transaction ends, so leasing and recalling come one after the other. Without
 * a limit it is what the row says was deposited. The row of a cover begins with what its funder has given before it was
 * limited, as far as that has been summed up.
 */
const LOCK_BUDGET = `
insert into budget (key, limit_cents, settled_cents, freed_cents, updated_at)
select $1::text, coalesce($2::int8, 0), coalesce(sum(issued_cents), 0),
       coalesce(sum(taken_back_cents + expired_cents + own_redeemed_cents), 0), $3::timestamptz
from funder_total where funder = substr($1, 3) and starts_with($1, 'f:')
on conflict (key) do update set limit_cents = coalesce($2, budget.deposited_cents), updated_at = excluded.updated_at
returning settled_cents, limit_cents, freed_cents, waiting_cents`;

/** The row is locked. */
export async function setDeposited(client: ClientBase, key: string, cents: PointsCents): Promise<void> {
  await client.query("update budget set deposited_cents = $2, limit_cents = $2 where key = $1", [key, cents]);
}

type Locked = { settled_cents: number; limit_cents: number; freed_cents: number; waiting_cents: number };

/** Without a limit that of the deposits counts. */
export async function lockBudget(
  client: ClientBase,
  key: string,
  limitCents: PointsCents | undefined,
  now: number,
): Promise<BudgetRow> {
  const { rows } = await client.query<Locked>(LOCK_BUDGET, [key, limitCents ?? null, new Date(now)]);
  const row = rows[0] as Locked;
  return {
    settledCents: row.settled_cents,
    limitCents: row.limit_cents,
    freedCents: row.freed_cents,
    waitingCents: row.waiting_cents,
  };
}

/** By budget_lease_open. */
export async function openGrants(client: ClientBase, key: string): Promise<PointsCents> {
  const { rows } = await client.query<{ cents: number }>(
    "select coalesce(sum(granted_cents), 0)::int8 as cents from budget_lease where key = $1 and is_open",
    [key],
  );
  return rows[0]?.cents ?? 0;
}

/**
 * By primary key, or by budget_lease_open in the order of leases. Waits for a posting that is using a lease, and sees
 * what it used; a posting that comes after finds the lease closed and is decided again.
 */
const CLOSE = `
with closing as (
  select lease_id from budget_lease
  where is_open and key = $1 and ($2::int8 is null or lease_id = $2) order by lease_id for update
), closed as (
  update budget_lease l set is_open = false from closing c where l.lease_id = c.lease_id returning l.used_cents
)
update budget set settled_cents = settled_cents + (select coalesce(sum(used_cents), 0) from closed)
where key = $1 returning settled_cents`;

/** Closes one lease of a budget whose row is locked, or all of them; gives what is settled then. */
export async function closeLeases(client: ClientBase, key: string, leaseId?: number): Promise<PointsCents> {
  const { rows } = await client.query<{ settled_cents: number }>(CLOSE, [key, leaseId ?? null]);
  return rows[0]?.settled_cents ?? 0;
}

export async function insertLease(client: ClientBase, key: string, grantedCents: PointsCents): Promise<number> {
  const { rows } = await client.query<{ lease_id: number }>(
    "insert into budget_lease (key, granted_cents) values ($1, $2) returning lease_id",
    [key, grantedCents],
  );
  return rows[0]?.lease_id as number;
}
