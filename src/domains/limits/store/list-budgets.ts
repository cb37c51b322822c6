import type { Pool } from "pg";

export type BudgetNow = {
  readonly key: string;
  readonly limitCents: number;
  /** Given so far, by operations that are posted. */
  readonly usedCents: number;
  /** Leased by running processes and not used yet: not lost, recalled before anything is refused. */
  readonly leasedCents: number;
  /** By returns, where the policy says so: it may be used once more. */
  readonly givenBackCents: number;
};

/** By primary key in its order, a page; the open leases of each by budget_lease_open. */
const LIST = `
select b.key, b.limit_cents, b.freed_cents, b.settled_cents + coalesce(l.used, 0)::int8 as used_cents,
       coalesce(l.granted - l.used, 0)::int8 as leased_cents
from budget b left join lateral (
  select sum(used_cents) as used, sum(granted_cents) as granted from budget_lease where key = b.key and is_open) l on true
where b.key > $1 and starts_with(b.key, $2) order by b.key limit $3`;

type Row = { key: string; limit_cents: number; freed_cents: number; used_cents: number; leased_cents: number };

/** Budgets that have been used at least once, after a key. `prefix` is that of all (`b:`) or of one cap (`b:CAP|`). */
export async function listBudgets(
  pool: Pool,
  query: { readonly after: string; readonly prefix: string; readonly limit: number },
): Promise<BudgetNow[]> {
  const { rows } = await pool.query<Row>(LIST, [query.after, query.prefix, query.limit]);
  return rows.map((row) => ({
    key: row.key,
    limitCents: row.limit_cents,
    usedCents: Number(row.used_cents),
    leasedCents: row.leased_cents,
    givenBackCents: row.freed_cents,
  }));
}
