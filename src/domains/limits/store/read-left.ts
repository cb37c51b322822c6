import type { Pool } from "pg";
import type { PointsCents } from "#kernel/money.ts";

/** By primary key; what is used of each by budget_lease_open. */
const LEFT = `
select b.key, (b.freed_cents - b.settled_cents - b.waiting_cents - coalesce(l.used, 0))::int8 as beside_limit, b.limit_cents
from budget b left join lateral (
  select sum(used_cents) as used from budget_lease where key = b.key and is_open) l on true
where b.key = any($1)`;

/**
 * What nobody has used of budgets, whoever has leased it; for answers that promise nothing. A budget that was never used is
 * missing. Undefined as limit stands for the row's own (deposits).
 */
export async function readLeft(
  pool: Pool,
  limits: ReadonlyMap<string, PointsCents | undefined>,
): Promise<Map<string, PointsCents>> {
  const { rows } = await pool.query<{ key: string; beside_limit: number; limit_cents: number }>(LEFT, [
    [...limits.keys()],
  ]);
  return new Map(
    rows.map((row) => [row.key, Math.max(0, (limits.get(row.key) ?? row.limit_cents) + row.beside_limit)]),
  );
}
