import type { ClientBase, Pool } from "pg";
import type { PartnerId } from "#kernel/ids.ts";
import type { PointsCents } from "#kernel/money.ts";

/** Some hundred lines a month; read whole. */
const SETTLED = `
select l.funder, sum(l.cents)::int8 as cents
from settlement_line l join settlement s on s.month = l.month
where s.state = 'closed' and l.funder <> l.redeemer
group by l.funder`;

/** Claims on each funder that closed months hold, credits taken off. What is spent since waits for its month. */
export async function settledClaims(client: ClientBase | Pool): Promise<Map<PartnerId, PointsCents>> {
  const { rows } = await client.query<{ funder: PartnerId; cents: number }>(SETTLED);
  return new Map(rows.map((row) => [row.funder, row.cents]));
}
