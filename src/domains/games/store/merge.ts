import type { ClientBase } from "pg";
import type { StreamMerge, StreamSplit } from "#domains/ledger/index.ts";
import { bucketOf } from "#kernel/ids.ts";
import { loadAwards, lockAwards, putGivenAwards } from "./awards.ts";
import { gameContributionRows } from "./contributions.ts";
import { putParticipant, readParticipant, releaseNames, removeParticipant } from "./participants.ts";

/**
 * By a prefix of the primary key. A right that both have drawn on (a day's, a mission's) stays drawn on twice: the merged
 * member's draw is kept under a source of its own.
 */
const MOVE_DRAWS = `
insert into game_draw (bucket, member_id, game, source, request_key, client_seed, period, nonce, drawn, given, drawn_at)
select $1, $2, d.game,
  case when d.source like 'o:%' then 'o:' || (substr(d.source, 3)::int4 + $5)
       when exists (select from game_draw o where o.bucket = $1 and o.member_id = $2 and o.game = d.game and o.source = d.source)
         then d.source || '~' || $4::int8 else d.source end,
  d.request_key || '~' || $4::int8, d.client_seed, d.period, d.nonce, d.drawn, d.given, d.drawn_at
from game_draw d where d.bucket = $3 and d.member_id = $4`;

/** By prefixes of primary keys: computed from contributions, which have moved. Weeks that are closed keep their places. */
const REMOVE = ["game_draw", "game_progress", "game_score"].map(
  (table) => `delete from ${table} where bucket = $1 and member_id = $2`,
);

/** Answers go to the survivor where it has none of its own; by primary key. */
const MOVE_ANSWERS = `
update game_answer a set bucket = $1, member_id = $2 where a.bucket = $3 and a.member_id = $4
  and not exists (select from game_answer o where o.bucket = $1 and o.member_id = $2 and o.game = a.game)`;

const PARTICIPATIONS = "select game from game_participant where bucket = $1 and member_id = $2";

/** By primary key; what should hold is computed afterwards. */
const TAKE_OVER = `
insert into game_award (bucket, member_id, game, key, desired, cause, given, turn, is_due, updated_at)
select $1, $2, game, key, desired, cause, $6, 0, false, updated_at
from game_award where bucket = $3 and member_id = $4 and game = $5 and key = $7
on conflict (bucket, member_id, game, key) do update set given = excluded.given where game_award.given is null`;

/**
 * What the merged member has won and not got yet goes on as the survivor's; by primary key. The operation's key stays the
 * merged member's: one that was posted and not noted yet is found again, not repeated.
 */
const MOVE_DUE = `
insert into game_award (bucket, member_id, game, key, desired, cause, turn, is_due, updated_at)
select $1, $2, game, key, desired,
  (jsonb_build_object('member', $4::int8) || cause::jsonb)::json, turn, true, updated_at
from game_award where bucket = $3 and member_id = $4 and is_due and given is null
on conflict (bucket, member_id, game, key) do nothing`;

/** One person's two halves become one: what was won is not won again, and what is owed is given to who answers now. */
export async function mergeGames(client: ClientBase, merge: StreamMerge): Promise<void> {
  const { survivor, merged, base } = merge;
  const [to, from] = [
    [bucketOf(survivor), survivor],
    [bucketOf(merged), merged],
  ];
  await gameContributionRows.join(client, merge);
  await client.query(MOVE_DRAWS, [...to, ...from, base]);
  for (const statement of REMOVE) await client.query(statement, from);
  await client.query(MOVE_ANSWERS, [...to, ...from]);
  await client.query(MOVE_DUE, [...to, ...from]);
  const theirs = await loadAwards(client, [merged]);
  for (const row of await lockAwards(client, theirs)) {
    if (row.given !== undefined) {
      const given = JSON.stringify({ ...row.given, seq: row.given.seq + base });
      await client.query(TAKE_OVER, [...to, ...from, row.game, given, row.key]);
    }
    // Nothing more happens to the merged member; what it was given waits for it should the two be taken apart.
    await putGivenAwards(client, [{ ...row, turn: row.turn + 1, isDue: false }]);
  }
  const { rows } = await client.query<{ game: string }>(PARTICIPATIONS, from);
  for (const { game } of rows) {
    const name = await readParticipant(client, merged, game);
    await removeParticipant(client, merged, game);
    if (name === undefined || (await readParticipant(client, survivor, game)) !== undefined) {
      await releaseNames(client, game, merged);
      continue;
    }
    await client.query("update game_name set member_id = $2 where member_id = $1 and game = $3", [
      merged,
      survivor,
      game,
    ]);
    await putParticipant(client, { ...name, member: survivor });
  }
}

/**
 * Missions done are no operations of receipts: one that the member that goes was rewarded for in its own stream is its own,
 * and stays the survivor's too if that was rewarded for it beside it. Operations by a prefix of the primary key.
 */
const DONE = (bucket: string, member: string) => `exists (
  select from operation o where o.bucket = ${bucket} and o.member_id = ${member} and o.kind in ('award', 'standing')
    and 'm:' || (o.body -> 'reward' ->> 'mission') = c.source and o.body -> 'reward' ->> 'kind' <> 'nothing')`;
const SPLIT_MISSIONS = `
with copied as (
  insert into game_contribution (bucket, member_id, game, step, source, cites, occurred_at, amount, points_cents)
  select $3, $4, game, step, source, cites, occurred_at, amount, points_cents from game_contribution c
  where c.bucket = $1 and c.member_id = $2 and c.source like 'm:%' and ${DONE("$3", "$4")}
  on conflict (bucket, member_id, game, step, source) do nothing
  returning 1
)
delete from game_contribution c where c.bucket = $1 and c.member_id = $2 and c.source like 'm:%'
  and ${DONE("$3", "$4")} and not ${DONE("$1", "$2")}`;

/**
 * By a prefix of the primary key. Draws go with the right that they used: with whoever made the operation or event, and
 * those that came with the merge, which are marked.
 */
const SPLIT_DRAWS = `
with gone as (
  select d.*, case when d.source like 'o:%' then substr(d.source, 3)::int4 end as n, '~' || $4::int8 as mark
  from game_draw d where d.bucket = $1 and d.member_id = $2
), named as (
  select g.* from gone g
  left join operation o on o.bucket = $1 and o.member_id = $2 and o.seq = g.n
  left join partner_event e on g.n is null and e.bucket = any($9) and e.member_id = any($8)
    and g.source = 'e:' || e.partner || ':' || e.event_id
  where (g.n > $5 and g.n <= $6) or (o.facts ->> 'via')::int8 = any($8) or e.event_id is not null
    or right(g.request_key, length(g.mark)) = g.mark
), moved as (
  insert into game_draw (bucket, member_id, game, source, request_key, client_seed, period, nonce, drawn, given, drawn_at)
  select $3, $4, game,
    case when n is null then case when right(source, length(mark)) = mark then left(source, -length(mark)) else source end
         when n > $5 and n <= $6 then 'o:' || (n - $5) else 'o:' || ($7 + n) end,
    case when right(request_key, length(mark)) = mark then left(request_key, -length(mark)) else request_key end,
    client_seed, period, nonce, drawn, given, drawn_at
  from named
  on conflict do nothing
  returning game, period, nonce
)
delete from game_draw d using moved m
where d.bucket = $1 and d.member_id = $2 and d.game = m.game and d.period = m.period and d.nonce = m.nonce`;

/** Computed from contributions, which have moved; by prefixes of primary keys. Weeks that are closed keep their places. */
const FORGET_PROGRESS = "delete from game_progress where (bucket, member_id) in (($1, $2), ($3, $4))";
const FORGET_SCORES = `
delete from game_score s where (s.bucket, s.member_id) in (($1, $2), ($3, $4)) and not exists (
  select from game_week w where w.game = s.game and w.week = s.week and w.closed_at is not null)`;

/** What came with the merge and was not given since is the member's again, under the turn that it has; by primary key. */
const GIVE_DUE_BACK = `
with back as (
  delete from game_award where bucket = $1 and member_id = $2 and given is null and (cause ->> 'member')::int8 = $4
  returning game, key, turn, is_due
)
update game_award a set turn = b.turn, is_due = b.is_due from back b
where a.bucket = $3 and a.member_id = $4 and a.game = b.game and a.key = b.key and a.given is null`;
const FORGET_AWARD = "delete from game_award where bucket = $1 and member_id = $2 and game = $3 and key = $4";
/** What should hold is computed from contributions. */
const FORGET_GOAL = `
update game_award set desired = null, is_due = false, given = null, turn = turn + 1
where bucket = $1 and member_id = $2 and game = $3 and key = $4`;
const REOPEN_GOALS = `
update game_award set desired = null, is_due = false
where bucket = $1 and member_id = $2 and key = 'goal' and given is null`;

/**
 * Two halves that were one person's are two people's again: contributions and draws go with who made them, what the merged
 * member had been given is its own, and what the survivor had taken over is not. Names in boards and answers stay where the
 * merge brought them. What follows of the contributions is computed afterwards, for both.
 */
export async function unmergeGames(client: ClientBase, split: StreamSplit): Promise<void> {
  const { survivor, goes, base, count, shift, members } = split;
  const both = [bucketOf(survivor), survivor, bucketOf(goes), goes];
  const rest = [base, base + count, shift, members, members.map(bucketOf)];
  await gameContributionRows.split(client, split);
  await client.query(SPLIT_MISSIONS, both);
  await client.query(SPLIT_DRAWS, [...both, ...rest]);
  await client.query(FORGET_PROGRESS, both);
  await client.query(FORGET_SCORES, both);
  for (const { game, key, given } of await lockAwards(client, await loadAwards(client, [survivor]))) {
    if (given === undefined || given.seq <= base || given.seq > base + count) continue;
    await client.query(key === "goal" ? FORGET_GOAL : FORGET_AWARD, [bucketOf(survivor), survivor, game, key]);
  }
  await client.query(GIVE_DUE_BACK, both);
  await client.query(REOPEN_GOALS, [bucketOf(goes), goes]);
}
