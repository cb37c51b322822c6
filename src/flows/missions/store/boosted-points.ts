import type { Pool } from "pg";
import { bucketOf, type MemberId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";

/** Along the member's own operations, by primary key. */
const READ = `
select o.seq, r ->> 'rule' as rule, o.partner, sum((r ->> 'pointsCents')::int8)::int8 as cents
from operation o cross join json_array_elements(o.body -> 'rules') r
where o.bucket = $1 and o.member_id = $2 and o.kind = 'purchase' and o.occurred_at >= $3
  and ($4::timestamptz is null or o.occurred_at < $4) and r ->> 'rule' = any($5)
group by 1, 2, 3 having sum((r ->> 'pointsCents')::int8) > 0 order by 1, 2`;

/** What these rules have earned a member on receipts of a time, by operation, hundredths of a point. */
export async function boostedPoints(
  pool: Pool,
  member: MemberId,
  rules: readonly string[],
  fromAt: EpochMs,
  untilAt: EpochMs | undefined,
): Promise<{ readonly seq: number; readonly rule: string; readonly partner: string; readonly cents: number }[]> {
  const until = untilAt === undefined ? null : new Date(untilAt);
  const values = [bucketOf(member), member, new Date(fromAt), until, rules];
  const { rows } = await pool.query<{ seq: number; rule: string; partner: string; cents: number }>(READ, values);
  return rows;
}
