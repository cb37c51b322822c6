import type { ClientBase, Pool } from "pg";
import { bucketOf, type MemberId } from "#kernel/ids.ts";
import { type Day, type EpochMs, formatDay, parseDay } from "#kernel/time.ts";
import type { DrawCommitment } from "../core/draw/fair.ts";
import type { StoredAward } from "./awards.ts";

export type StoredPeriod = {
  readonly game: string;
  readonly period: Day;
  readonly startsAt: EpochMs;
  readonly endsAt: EpochMs;
  readonly salt: Uint8Array;
  readonly commitment: DrawCommitment;
  readonly committedAt: EpochMs;
  /** The last nonce used. */
  readonly draws: number;
  readonly taken: Readonly<Record<string, number>>;
  readonly revealedAt?: EpochMs;
  readonly serverSeed?: Uint8Array;
};

type PeriodRow = {
  game: string;
  period: string;
  starts_at: Date;
  ends_at: Date;
  salt: Buffer;
  commitment: DrawCommitment;
  committed_at: Date;
  draws: number;
  taken: Record<string, number>;
  revealed_at: Date | null;
  server_seed: Buffer | null;
};

const COLUMNS =
  "game, period, starts_at, ends_at, salt, commitment, committed_at, draws, taken, revealed_at, server_seed";

/** By primary key. A commitment that is published is never replaced. */
const COMMIT = `
insert into draw_period (game, period, starts_at, ends_at, salt, commitment, committed_at)
values ($1, $2, $3, $4, $5, $6, $7) on conflict (game, period) do nothing`;

export async function commitPeriod(
  client: ClientBase | Pool,
  row: Omit<StoredPeriod, "draws" | "taken" | "revealedAt" | "serverSeed">,
): Promise<void> {
  await client.query(COMMIT, [
    row.game,
    formatDay(row.period),
    new Date(row.startsAt),
    new Date(row.endsAt),
    Buffer.from(row.salt),
    JSON.stringify(row.commitment),
    new Date(row.committedAt),
  ]);
}

/** By primary key. */
export async function readPeriod(
  client: ClientBase | Pool,
  game: string,
  period: Day,
): Promise<StoredPeriod | undefined> {
  const { rows } = await client.query<PeriodRow>(`select ${COLUMNS} from draw_period where game = $1 and period = $2`, [
    game,
    formatDay(period),
  ]);
  return rows[0] && toPeriod(rows[0]);
}

/** By primary key, the latest first, before a period. */
export async function listPeriods(
  client: ClientBase | Pool,
  game: string,
  before: string,
  limit: number,
): Promise<StoredPeriod[]> {
  const { rows } = await client.query<PeriodRow>(
    `select ${COLUMNS} from draw_period where game = $1 and period < $2 order by period desc limit $3`,
    [game, before, limit],
  );
  return rows.map(toPeriod);
}

/** By primary key, locked until the transaction ends: draws of a period, and its reveal, come one after the other. */
export async function lockPeriod(client: ClientBase, game: string, period: Day): Promise<StoredPeriod | undefined> {
  const { rows } = await client.query<PeriodRow>(
    `select ${COLUMNS} from draw_period where game = $1 and period = $2 for update`,
    [game, formatDay(period)],
  );
  return rows[0] && toPeriod(rows[0]);
}

/** By primary key, of the row that is locked. */
export async function revealPeriod(
  client: ClientBase,
  game: string,
  period: Day,
  serverSeed: Uint8Array,
  at: EpochMs,
): Promise<void> {
  await client.query("update draw_period set server_seed = $3, revealed_at = $4 where game = $1 and period = $2", [
    game,
    formatDay(period),
    Buffer.from(serverSeed),
    new Date(at),
  ]);
}

/** Periods that are over and not revealed: the whole table, some fifty rows a year and draw. */
export async function listUnrevealed(pool: Pool, now: EpochMs): Promise<{ game: string; period: Day }[]> {
  const { rows } = await pool.query<{ game: string; period: string }>(
    "select game, period from draw_period where revealed_at is null and ends_at <= $1 order by game, period",
    [new Date(now)],
  );
  return rows.map(({ game, period }) => ({ game, period: parseDay(period) as Day }));
}

export type StoredDraw = {
  readonly member: MemberId;
  readonly game: string;
  readonly source: string;
  readonly requestKey: string;
  readonly clientSeed: string;
  readonly period: Day;
  readonly nonce: number;
  readonly drawn: string;
  readonly given: string;
  readonly at: EpochMs;
};

type DrawRow = {
  member_id: number;
  game: string;
  source: string;
  request_key: string;
  client_seed: string;
  period: string;
  nonce: number;
  drawn: string;
  given: string;
  drawn_at: Date;
};

const DRAW_COLUMNS = "member_id, game, source, request_key, client_seed, period, nonce, drawn, given, drawn_at";

/** By primary key, of the row that is locked. Apart from the member's rows, which live on a shard of their own. */
const COUNT = "update draw_period set draws = $3, taken = $4 where game = $1 and period = $2";

/** By primary keys of one member. A right that was drawn on, or a request that was answered, raises 23505. */
const RECORD = `
with won as (
  insert into game_award (bucket, member_id, game, key, desired, cause, is_due, updated_at)
  select $1, $2, $3, $12, $13::json, $14::json, true, $11 where $12::text is not null
)
insert into game_draw (bucket, member_id, game, source, request_key, client_seed, period, nonce, drawn, given, drawn_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`;

/** What a draw has won, as `game_award` keeps it. */
export type DrawAward = Pick<StoredAward, "key" | "desired" | "cause">;

/** Counts a draw, writes it, and makes what was won due, while the period's row is locked. */
export async function recordDraw(
  client: ClientBase,
  draw: StoredDraw,
  taken: Readonly<Record<string, number>>,
  award?: DrawAward,
): Promise<void> {
  await client.query(COUNT, [draw.game, formatDay(draw.period), draw.nonce, JSON.stringify(taken)]);
  await client.query(RECORD, [
    bucketOf(draw.member),
    draw.member,
    draw.game,
    draw.source,
    draw.requestKey,
    draw.clientSeed,
    formatDay(draw.period),
    draw.nonce,
    draw.drawn,
    draw.given,
    new Date(draw.at),
    award?.key ?? null,
    award === undefined ? null : JSON.stringify(award.desired),
    award === undefined ? null : JSON.stringify(award.cause),
  ]);
}

/** By a prefix of the primary key. */
export async function listMemberDraws(
  client: ClientBase | Pool,
  member: MemberId,
  game: string,
): Promise<StoredDraw[]> {
  const { rows } = await client.query<DrawRow>(
    `select ${DRAW_COLUMNS} from game_draw where bucket = $1 and member_id = $2 and game = $3 order by drawn_at desc, nonce desc`,
    [bucketOf(member), member, game],
  );
  return rows.map(toDraw);
}

/** By game_draw_nonce: all draws of a period in their order. */
export async function listPeriodDraws(
  pool: Pool,
  game: string,
  period: Day,
  after: number,
  limit: number,
): Promise<StoredDraw[]> {
  const { rows } = await pool.query<DrawRow>(
    `select ${DRAW_COLUMNS} from game_draw where game = $1 and period = $2 and nonce > $3 order by nonce limit $4`,
    [game, formatDay(period), after, limit],
  );
  return rows.map(toDraw);
}

function toPeriod(row: PeriodRow): StoredPeriod {
  return {
    game: row.game,
    period: parseDay(row.period) as Day,
    startsAt: row.starts_at.getTime(),
    endsAt: row.ends_at.getTime(),
    salt: row.salt,
    commitment: row.commitment,
    committedAt: row.committed_at.getTime(),
    draws: row.draws,
    taken: row.taken,
    ...(row.revealed_at === null ? {} : { revealedAt: row.revealed_at.getTime() }),
    ...(row.server_seed === null ? {} : { serverSeed: row.server_seed }),
  };
}

function toDraw(row: DrawRow): StoredDraw {
  return {
    member: row.member_id,
    game: row.game,
    source: row.source,
    requestKey: row.request_key,
    clientSeed: row.client_seed,
    period: parseDay(row.period) as Day,
    nonce: row.nonce,
    drawn: row.drawn,
    given: row.given,
    at: row.drawn_at.getTime(),
  };
}
