import type { ClientBase, Pool } from "pg";
import type { Progress } from "#domains/missions/index.ts";
import { createContributions } from "#domains/rewards/index.ts";
import { bucketOf, type MemberId } from "#kernel/ids.ts";
import { type Day, type EpochMs, formatDay, parseDay } from "#kernel/time.ts";
import {
  dateArray,
  int2Array,
  int4Array,
  int8Array,
  jsonArray,
  textArray,
  timestamptzArray,
} from "#platform/postgres/binary-arrays.ts";
import type { GameContribution } from "../core/contribution.ts";
import type { WeekScore } from "../core/leaderboard/score.ts";

export type MemberContribution = GameContribution & { readonly member: MemberId; readonly game: string };

/** Contributions to games: what events, receipts and missions add to them. */
export const gameContributionRows = createContributions({ table: "game_contribution", of: "game", hasPoints: true });

export function putGameContributions(client: ClientBase, rows: readonly MemberContribution[]): Promise<void> {
  return gameContributionRows.put(
    client,
    rows.map((row) => ({ ...row, of: row.game })),
  );
}

/** Of all games, or of one. */
export async function loadGameContributions(
  client: ClientBase | Pool,
  members: readonly MemberId[],
  game?: string,
): Promise<MemberContribution[]> {
  const rows = await gameContributionRows.load(client, members, game);
  return rows.map(({ of, pointsCents = 0, ...row }) => ({ ...row, game: of, pointsCents }));
}

/** By a prefix of the primary key, one range a member and game. */
const FORGET = `
delete from game_contribution c using unnest($1::int2[], $2::int8[]) as x(bucket, member_id)
where c.bucket = x.bucket and c.member_id = x.member_id and c.game = $3 and c.occurred_at < $4`;

/** Removes what these members did in a leaderboard before a time at which nothing can change any more. */
export async function forgetContributions(
  client: ClientBase,
  members: readonly MemberId[],
  game: string,
  before: EpochMs,
): Promise<void> {
  if (members.length === 0) return;
  await client.query(FORGET, [int2Array(members.map(bucketOf)), int8Array(members), game, new Date(before)]);
}

export type StoredGameProgress = Progress & { readonly member: MemberId; readonly game: string };

/** By primary key, in its order. */
const PUT_PROGRESS = `
insert into game_progress (bucket, member_id, game, steps, done_at, done_by, updated_at)
select x.*, $7 from unnest($1::int2[], $2::int8[], $3::text[], $4::json[], $5::timestamptz[], $6::text[])
  as x(bucket, member_id, game, steps, done_at, done_by)
order by bucket, member_id, game
on conflict (bucket, member_id, game) do update set
  steps = excluded.steps, done_at = excluded.done_at, done_by = excluded.done_by, updated_at = excluded.updated_at`;

export async function putGameProgress(
  client: ClientBase,
  rows: readonly StoredGameProgress[],
  now: EpochMs,
): Promise<void> {
  if (rows.length === 0) return;
  await client.query(PUT_PROGRESS, [
    int2Array(rows.map((row) => bucketOf(row.member))),
    int8Array(rows.map((row) => row.member)),
    textArray(rows.map((row) => row.game)),
    jsonArray(rows.map((row) => JSON.stringify(row.steps))),
    timestamptzArray(rows.map((row) => row.done?.at ?? null)),
    textArray(rows.map((row) => row.done?.source ?? null)),
    new Date(now),
  ]);
}

type ProgressRow = { game: string; steps: Progress["steps"]; done_at: Date | null; done_by: string | null };

/** By a prefix of the primary key. */
export async function loadGameProgress(pool: Pool, member: MemberId): Promise<StoredGameProgress[]> {
  const { rows } = await pool.query<ProgressRow>(
    "select game, steps, done_at, done_by from game_progress where bucket = $1 and member_id = $2",
    [bucketOf(member), member],
  );
  return rows.map(({ game, steps, done_at, done_by }) => ({
    ...{ member, game, steps },
    ...(done_at === null || done_by === null ? {} : { done: { at: done_at.getTime(), source: done_by } }),
  }));
}

export type StoredScore = WeekScore & { readonly member: MemberId; readonly game: string; readonly rateBp?: number };

/** By primary key, in its order. */
const PUT_SCORES = `
insert into game_score (bucket, member_id, game, week, turnover_kopecks, points_cents, receipts, rate_bp)
select * from unnest($1::int2[], $2::int8[], $3::text[], $4::date[], $5::int8[], $6::int8[], $7::int4[], $8::int4[])
  as x(bucket, member_id, game, week, turnover_kopecks, points_cents, receipts, rate_bp)
order by bucket, member_id, game, week
on conflict (bucket, member_id, game, week) do update set
  turnover_kopecks = excluded.turnover_kopecks, points_cents = excluded.points_cents, receipts = excluded.receipts,
  rate_bp = excluded.rate_bp`;

export async function putScores(client: ClientBase, rows: readonly StoredScore[]): Promise<void> {
  if (rows.length === 0) return;
  await client.query(PUT_SCORES, [
    int2Array(rows.map((row) => bucketOf(row.member))),
    int8Array(rows.map((row) => row.member)),
    textArray(rows.map((row) => row.game)),
    dateArray(rows.map((row) => row.week)),
    int8Array(rows.map((row) => row.turnoverKopecks)),
    int8Array(rows.map((row) => row.pointsCents)),
    int4Array(rows.map((row) => row.receipts)),
    int4Array(rows.map((row) => row.rateBp ?? null)),
  ]);
}

type ScoreRow = {
  week: string;
  turnover_kopecks: number;
  points_cents: number;
  receipts: number;
  rate_bp: number | null;
};

/** By a prefix of the primary key, the latest week first. */
const READ_SCORES = `
select week, turnover_kopecks, points_cents, receipts, rate_bp from game_score
where bucket = $1 and member_id = $2 and game = $3 and week <= $4 order by week desc limit $5`;

export async function readScores(
  pool: Pool,
  member: MemberId,
  game: string,
  upTo: Day,
  limit: number,
): Promise<StoredScore[]> {
  const { rows } = await pool.query<ScoreRow>(READ_SCORES, [bucketOf(member), member, game, formatDay(upTo), limit]);
  return rows.map((row) => ({
    member,
    game,
    week: parseDay(row.week) as Day,
    turnoverKopecks: row.turnover_kopecks,
    pointsCents: row.points_cents,
    receipts: row.receipts,
    ...(row.rate_bp === null ? {} : { rateBp: row.rate_bp }),
  }));
}
