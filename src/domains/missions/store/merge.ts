import type { ClientBase } from "pg";
import type { StreamMerge, StreamSplit } from "#domains/ledger/index.ts";
import { bucketOf } from "#kernel/ids.ts";
import { type Completion, loadProgress, lockProgress, putCompletions, putGiven } from "./progress.ts";

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
export async function mergeMissions(client: ClientBase, merge: StreamMerge): Promise<void> {
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
    // Nothing more happens to the merged member; what it was given waits for it should the two be taken apart.
    const kept = given === undefined ? {} : { given };
    await putGiven(client, [{ member: merged, mission, turn: turn + 1, isDue: false, ...kept }]);
  }
  await putCompletions(client, credits);
}

/**
 * What goes with the member that goes: sources of its own numbers get them back, those made since with its identifiers
 * get the ones they have now; events by whom they named. Operations by primary key, contributions by its prefix.
 */
const MOVE_BACK = `
with gone as (
  select c.mission, c.step, c.source, c.cites, c.occurred_at, c.amount,
    case when c.source like 'o:%' then substr(c.source, 3)::int4 end as n,
    case when c.cites like 'o:%' then substr(c.cites, 3)::int4 end as m
  from mission_contribution c where c.bucket = $1 and c.member_id = $2
), named as (
  select g.* from gone g
  left join operation o on o.bucket = $1 and o.member_id = $2 and o.seq = g.n
  left join partner_event e on g.n is null and e.bucket = any($9) and e.member_id = any($8)
    and g.source = 'e:' || e.partner || ':' || e.event_id
  where (g.n > $5 and g.n <= $6) or (o.facts ->> 'via')::int8 = any($8) or (g.m > $5 and g.m <= $6) or e.event_id is not null
), moved as (
  insert into mission_contribution (bucket, member_id, mission, step, source, cites, occurred_at, amount)
  select $3, $4, mission, step,
    case when n is null then source when n > $5 and n <= $6 then 'o:' || (n - $5) else 'o:' || ($7 + n) end,
    case when m is null then cites when m > $5 and m <= $6 then 'o:' || (m - $5) else 'o:' || ($7 + m) end,
    occurred_at, amount
  from named
  on conflict (bucket, member_id, mission, step, source) do nothing
  returning 1
)
delete from mission_contribution c using named n
where c.bucket = $1 and c.member_id = $2 and c.mission = n.mission and c.step = n.step and c.source = n.source`;

/** What the merge has credited of a member's fees and nothing has charged since, by primary key. */
const CREDITED = `
select mission, -sum(fee_kopecks)::int8 as kopecks, max(fee_partner) as partner
from mission_completion where bucket = $1 and member_id = $2 and kind in ('credited', 'charged')
group by mission having sum(fee_kopecks) < 0`;

/**
 * Two halves that were one person's are two people's again: contributions go with who made them, what the merged member
 * had been given is its own again, and the fee that the merge had credited is charged anew, in the open month (reference
 * case 13).
 */
export async function unmergeMissions(client: ClientBase, unmerge: StreamSplit): Promise<void> {
  const { survivor, goes, base, count, shift, members } = unmerge;
  await client.query(MOVE_BACK, [
    ...[bucketOf(survivor), survivor, bucketOf(goes), goes, base, base + count, shift],
    ...[members, members.map(bucketOf)],
  ]);
  const credited = await client.query<{ mission: string; kopecks: number; partner: string | null }>(CREDITED, [
    bucketOf(goes),
    goes,
  ]);
  const owed = new Map(credited.rows.map((row) => [row.mission, row]));
  const charges: Completion[] = [];
  for (const row of await lockProgress(client, await loadProgress(client, [goes]))) {
    const fee = owed.get(row.mission);
    if (!fee) continue;
    charges.push({
      member: goes,
      mission: row.mission,
      turn: row.turn + 1,
      kind: "charged",
      ...(row.done === undefined ? {} : { done: row.done }),
      seq: unmerge.seq,
      cents: 0,
      feeKopecks: fee.kopecks,
      ...(fee.partner === null ? {} : { feePartner: fee.partner }),
      accountingDay: unmerge.accountingDay,
      postedAt: unmerge.postedAt,
    });
    const { steps: _, done: __, ...given } = row;
    await putGiven(client, [{ ...given, turn: row.turn + 1 }]);
  }
  await putCompletions(client, charges);
  // What the survivor had taken over is not its own.
  for (const row of await lockProgress(client, await loadProgress(client, [survivor]))) {
    if (row.given === undefined || row.given.seq <= base || row.given.seq > base + count) continue;
    await putGiven(client, [{ member: survivor, mission: row.mission, turn: row.turn + 1, isDue: false }]);
  }
}
