import type { ClientBase } from "pg";
import { bucketOf } from "#kernel/ids.ts";
import { type Completion, loadProgress, lockProgress, putCompletions, putGiven } from "./progress.ts";
import type { MergeOfMembers } from "./stream.ts";

/** By a prefix of the primary key; sources of operations get the survivor's numbers. */
const MOVE = `
insert into mission_contribution (bucket, member_id, mission, step, source, cites, occurred_at, amount)
select $1, $2, mission, step,
  case when source like 'o:%' then 'o:' || (substr(source, 3)::int4 + $5) else source end,
  case when cites like 'o:%' then 'o:' || (substr(cites, 3)::int4 + $5) else cites end, occurred_at, amount
from mission_contribution where bucket = $3 and member_id = $4
on conflict (bucket, member_id, mission, step, source) do nothing`;
const REMOVE = "delete from mission_contribution where bucket = $1 and member_id = $2";

/** By primary key; progress itself is computed from the contributions afterwards. */
const TAKE_OVER = `
insert into mission_progress (bucket, member_id, mission, steps, given, updated_at)
values ($1, $2, $3, '[]', $4, $5)
on conflict (bucket, member_id, mission) do update set given = excluded.given where mission_progress.given is null`;

/** What mission fees a member's rows sum to, by primary key. */
const FEES = `
select mission, sum(fee_kopecks)::int8 as kopecks, max(fee_partner) as partner
from mission_completion where bucket = $1 and member_id = $2 group by mission`;

/**
 * One person's two halves of a mission become one: contributions are joined, what was given goes on with the survivor,
 * and of two acquisition fees for one mission the merged member's is credited (reference case 13). Repeated, it finds
 * nothing to move.
 */
export async function mergeMissions(client: ClientBase, merge: MergeOfMembers): Promise<void> {
  const { survivor, merged, base } = merge;
  await client.query(MOVE, [bucketOf(survivor), survivor, bucketOf(merged), merged, base]);
  await client.query(REMOVE, [bucketOf(merged), merged]);
  const theirs = await loadProgress(client, [merged]);
  const own = new Map((await loadProgress(client, [survivor])).map((row) => [row.mission, row]));
  const fees = await client.query<{ mission: string; kopecks: number; partner: string | null }>(FEES, [
    bucketOf(merged),
    merged,
  ]);
  const charged = new Map(fees.rows.map((row) => [row.mission, row]));
  const credits: Completion[] = [];
  for (const row of await lockProgress(client, theirs)) {
    const { mission, given, turn } = row;
    const fee = charged.get(mission);
    if (given !== undefined && own.get(mission)?.given === undefined) {
      const moved = JSON.stringify({ ...given, seq: given.seq + base });
      await client.query(TAKE_OVER, [bucketOf(survivor), survivor, mission, moved, new Date(merge.postedAt)]);
    } else if (given !== undefined && fee !== undefined && fee.kopecks > 0) {
      credits.push({
        member: merged,
        mission,
        turn: turn + 1,
        kind: "credited",
        ...(row.done === undefined ? {} : { done: row.done }),
        seq: merge.seq,
        cents: 0,
        feeKopecks: -fee.kopecks,
        ...(fee.partner === null ? {} : { feePartner: fee.partner }),
        accountingDay: merge.accountingDay,
        postedAt: merge.postedAt,
      });
    }
    // Nothing more happens to the merged member; what it was given stays on record in its completions.
    await putGiven(client, [{ member: merged, mission, turn: turn + 1, isDue: false }]);
  }
  await putCompletions(client, credits);
}
