import type { ClientBase } from "pg";
import type { StreamMerge } from "#domains/ledger/index.ts";
import { bucketOf } from "#kernel/ids.ts";
import { loadAwards, lockAwards, putGivenAwards } from "./awards.ts";
import { putParticipant, readParticipant, releaseNames, removeParticipant } from "./participants.ts";

/** By a prefix of the primary key; sources of operations get the survivor's numbers. */
const MOVE_CONTRIBUTIONS = `
insert into game_contribution (bucket, member_id, game, step, source, cites, occurred_at, amount, points_cents)
select $1, $2, game, step,
  case when source like 'o:%' then 'o:' || (substr(source, 3)::int4 + $5) else source end,
  case when cites like 'o:%' then 'o:' || (substr(cites, 3)::int4 + $5) else cites end, occurred_at, amount, points_cents
from game_contribution where bucket = $3 and member_id = $4
on conflict (bucket, member_id, game, step, source) do nothing`;

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
const REMOVE = ["game_contribution", "game_draw", "game_progress", "game_score"].map(
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
export async function mergeGames(client: ClientBase, { survivor, merged, base }: StreamMerge): Promise<void> {
  const [to, from] = [
    [bucketOf(survivor), survivor],
    [bucketOf(merged), merged],
  ];
  await client.query(MOVE_CONTRIBUTIONS, [...to, ...from, base]);
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
    // Nothing more happens to the merged member.
    const { member, game, key, turn } = row;
    await putGivenAwards(client, [{ member, game, key, turn: turn + 1, isDue: false }]);
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
