import type { ClientBase } from "pg";
import type { StreamMerge, StreamSplit } from "#domains/ledger/index.ts";
import { bucketOf } from "#kernel/ids.ts";
import {
  type Completion,
  loadProgress,
  lockProgress,
  missionContributions,
  putCompletions,
  putGiven,
} from "./progress.ts";

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
  await missionContributions.join(client, merge);
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
  const { survivor, goes, base, count } = unmerge;
  await missionContributions.split(client, unmerge);
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
