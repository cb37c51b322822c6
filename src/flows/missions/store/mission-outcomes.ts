import type { Pool } from "pg";

export type Counted = { readonly mission: string; readonly completions: number };

/** By mission_completion_mission. */
const COUNT = `
select mission, (count(*) filter (where kind = 'given') - count(*) filter (where kind = 'taken-back'))::int8 as completions
from mission_completion where mission = any($1) group by mission`;

/** How many members have done each of these missions, less those whose goal was undone. */
export async function countCompletions(pool: Pool, missions: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const { rows } = await pool.query<Counted>(COUNT, [missions]);
  return new Map(rows.map(({ mission, completions }) => [mission, completions]));
}

/** Doers by mission_completion_mission, then along each one's operations by primary key. A bucket is a hash: its members are any. */
const EARNED = `
with doers as (
  select bucket, member_id, min(done_at) as done_at from mission_completion
  where mission = $1 and kind = 'given' and done_at is not null group by 1, 2 order by 1, 2 limit $3)
select count(*)::int8 as doers, coalesce(sum(p.cents), 0)::int8 as cents
from doers d cross join lateral (
  select coalesce(sum((r ->> 'pointsCents')::int8), 0) as cents
  from operation o cross join json_array_elements(o.body -> 'rules') r
  where o.bucket = d.bucket and o.member_id = d.member_id and o.kind = 'purchase' and o.occurred_at >= d.done_at
    and r ->> 'rule' = any($2)) p`;

/** What these rules have earned up to `most` members since they did the mission, hundredths of a point. */
export async function earnedByDoers(
  pool: Pool,
  mission: string,
  rules: readonly string[],
  most: number,
): Promise<{ readonly doers: number; readonly cents: number }> {
  const { rows } = await pool.query<{ doers: number; cents: number }>(EARNED, [mission, rules, most]);
  return rows[0] ?? { doers: 0, cents: 0 };
}
