import type { ClientBase, Pool } from "pg";
import { bucketOf, type MemberId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";
import type { Answers } from "../core/questions/answers.ts";

export type StoredAnswer = {
  readonly member: MemberId;
  readonly game: string;
  readonly answers: Answers;
  readonly right?: number;
  readonly answeredAt: EpochMs;
  readonly consent?: { readonly version: string; readonly at: EpochMs };
  readonly withdrawnAt?: EpochMs;
};

type Row = {
  member_id: number;
  game: string;
  answers: Answers;
  right_count: number | null;
  answered_at: Date;
  consent_version: string | null;
  consented_at: Date | null;
  withdrawn_at: Date | null;
};

const COLUMNS = "member_id, game, answers, right_count, answered_at, consent_version, consented_at, withdrawn_at";

/** By a prefix of the primary key; `members` are a survivor and those merged into it. */
export async function loadAnswers(client: ClientBase | Pool, members: readonly MemberId[]): Promise<StoredAnswer[]> {
  const { rows } = await client.query<Row>(
    `select ${COLUMNS} from game_answer where bucket = any($1) and member_id = any($2) order by game, answered_at`,
    [members.map(bucketOf), members],
  );
  return rows.map(toAnswer);
}

/** By primary key, locked when there is one: answers of one member to one game come one after the other. */
export async function lockAnswer(
  client: ClientBase,
  member: MemberId,
  game: string,
): Promise<StoredAnswer | undefined> {
  const { rows } = await client.query<Row>(
    `select ${COLUMNS} from game_answer where bucket = $1 and member_id = $2 and game = $3 for update`,
    [bucketOf(member), member, game],
  );
  return rows[0] && toAnswer(rows[0]);
}

/** By primary key. The first answer of two that come at once wins: false for the other, which then is looked at again. */
const INSERT = `
insert into game_answer (bucket, member_id, game, answers, right_count, answered_at, consent_version, consented_at)
values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (bucket, member_id, game) do nothing`;
const REPLACE = `
update game_answer set answers = $4, right_count = $5, answered_at = $6, consent_version = $7, consented_at = $8, withdrawn_at = null
where bucket = $1 and member_id = $2 and game = $3`;

export async function putAnswer(client: ClientBase, row: StoredAnswer, isKnown: boolean): Promise<boolean> {
  const { rowCount } = await client.query(isKnown ? REPLACE : INSERT, [
    bucketOf(row.member),
    row.member,
    row.game,
    JSON.stringify(row.answers),
    row.right ?? null,
    new Date(row.answeredAt),
    row.consent?.version ?? null,
    row.consent === undefined ? null : new Date(row.consent.at),
  ]);
  return rowCount === 1;
}

/** By primary key, of all that answered as this person. */
export async function withdrawConsent(
  client: ClientBase | Pool,
  members: readonly MemberId[],
  game: string,
  at: EpochMs,
): Promise<number> {
  const { rowCount } = await client.query(
    `update game_answer set withdrawn_at = coalesce(withdrawn_at, $4)
     where bucket = any($1) and member_id = any($2) and game = $3 and consent_version is not null`,
    [members.map(bucketOf), members, game, new Date(at)],
  );
  return rowCount ?? 0;
}

export type AnswerCount = { readonly question: string; readonly answer: string; readonly members: number };

/** By game_answer_game: one scan of a game's answers. */
const COUNT = `
select q.key as question, c.value as answer, count(*)::int4 as members
from game_answer a, json_each(a.answers) q, json_array_elements_text(q.value) c
where a.game = $1 group by 1, 2 order by 1, 2`;

export async function countAnswers(pool: Pool, game: string): Promise<{ answered: number; counts: AnswerCount[] }> {
  const all = await pool.query<{ answered: number }>(
    "select count(*)::int4 as answered from game_answer where game = $1",
    [game],
  );
  const { rows } = await pool.query<AnswerCount>(COUNT, [game]);
  return { answered: all.rows[0]?.answered ?? 0, counts: rows };
}

function toAnswer(row: Row): StoredAnswer {
  return {
    member: row.member_id,
    game: row.game,
    answers: row.answers,
    ...(row.right_count === null ? {} : { right: row.right_count }),
    answeredAt: row.answered_at.getTime(),
    ...(row.consent_version === null || row.consented_at === null
      ? {}
      : { consent: { version: row.consent_version, at: row.consented_at.getTime() } }),
    ...(row.withdrawn_at === null ? {} : { withdrawnAt: row.withdrawn_at.getTime() }),
  };
}
