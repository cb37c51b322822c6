import type { ClientBase, Pool } from "pg";
import { bucketOf, type MemberId } from "#kernel/ids.ts";
import { type Day, type EpochMs, formatDay, parseDay } from "#kernel/time.ts";
import { int2Array, int4Array, int8Array } from "#platform/postgres/binary-arrays.ts";
import type { Placed, RateBin } from "../core/leaderboard/places.ts";

export type BoardWeek = {
  readonly game: string;
  readonly week: Day;
  readonly asOf: EpochMs;
  /** Members that take part and have a percent. */
  readonly participants: number;
  readonly bins: readonly RateBin[];
  readonly closedAt?: EpochMs;
};

type WeekRow = {
  game: string;
  week: string;
  as_of: Date;
  participants: number;
  bins: RateBin[];
  closed_at: Date | null;
};

const WEEK_COLUMNS = "game, week, as_of, participants, bins, closed_at";

/** By primary key, the latest first, before a week. */
export async function listWeeks(
  pool: Pool | ClientBase,
  game: string,
  before: string,
  limit: number,
): Promise<BoardWeek[]> {
  const { rows } = await pool.query<WeekRow>(
    `select ${WEEK_COLUMNS} from game_week where game = $1 and week < $2 order by week desc limit $3`,
    [game, before, limit],
  );
  return rows.map(toWeek);
}

/** By primary key. */
export async function readWeek(client: Pool | ClientBase, game: string, week: Day): Promise<BoardWeek | undefined> {
  const { rows } = await client.query<WeekRow>(`select ${WEEK_COLUMNS} from game_week where game = $1 and week = $2`, [
    game,
    formatDay(week),
  ]);
  return rows[0] && toWeek(rows[0]);
}

/** The last week closed: by primary key, a game has some fifty weeks a year. */
export async function closedWeeks(client: ClientBase, game: string): Promise<Set<Day>> {
  const { rows } = await client.query<{ week: string }>(
    "select week from game_week where game = $1 and closed_at is not null",
    [game],
  );
  return new Set(rows.map(({ week }) => parseDay(week) as Day));
}

/**
 * By game_score_rate, joined with who takes part by primary key. Who joined after the week's end is not among them: nobody
 * takes part once he knows that he has won.
 */
const BINS = `
select s.rate_bp, count(*)::int4 as members from game_score s
join game_participant p on p.bucket = s.bucket and p.member_id = s.member_id and p.game = s.game
where s.game = $1 and s.week = $2 and s.rate_bp is not null and p.joined_at < $3
group by 1 order by 1 desc`;

export async function readBins(client: ClientBase, game: string, week: Day, endsAt: EpochMs): Promise<RateBin[]> {
  const { rows } = await client.query<{ rate_bp: number; members: number }>(BINS, [
    game,
    formatDay(week),
    new Date(endsAt),
  ]);
  return rows.map(({ rate_bp, members }) => [rate_bp, members] as const);
}

/** By game_score_rate from its upper end: all with this percent or a higher one. */
const TOP = `
select s.member_id, s.rate_bp from game_score s
join game_participant p on p.bucket = s.bucket and p.member_id = s.member_id and p.game = s.game
where s.game = $1 and s.week = $2 and s.rate_bp >= $3 and p.joined_at < $4`;

export async function readTop(client: ClientBase, game: string, week: Day, endsAt: EpochMs, leastBp: number) {
  const { rows } = await client.query<{ member_id: number; rate_bp: number }>(TOP, [
    game,
    formatDay(week),
    leastBp,
    new Date(endsAt),
  ]);
  return rows.map(({ member_id, rate_bp }) => ({ who: member_id, rateBp: rate_bp }));
}

/** By primary key. A closed week stays as it is: the row then is not touched, and false is answered. */
const PUT_WEEK = `
insert into game_week (game, week, as_of, participants, bins, closed_at) values ($1, $2, $3, $4, $5, $6)
on conflict (game, week) do update set
  as_of = excluded.as_of, participants = excluded.participants, bins = excluded.bins, closed_at = excluded.closed_at
where game_week.closed_at is null returning game`;

export async function putWeek(client: ClientBase, week: BoardWeek): Promise<boolean> {
  const { rowCount } = await client.query(PUT_WEEK, [
    week.game,
    formatDay(week.week),
    new Date(week.asOf),
    week.participants,
    JSON.stringify(week.bins),
    week.closedAt === undefined ? null : new Date(week.closedAt),
  ]);
  return rowCount === 1;
}

/** By a prefix of the primary key; the week's row is held by this transaction. */
const CLEAR_PLACES = "delete from game_place where game = $1 and week = $2";
const PUT_PLACES = `
insert into game_place (game, week, entry, place, bucket, member_id, rate_bp, prize_cents)
select $1, $2, x.* from unnest($3::int4[], $4::int4[], $5::int2[], $6::int8[], $7::int4[], $8::int8[])
  as x(entry, place, bucket, member_id, rate_bp, prize_cents)`;

export async function putPlaces(
  client: ClientBase,
  game: string,
  week: Day,
  places: readonly Placed<MemberId>[],
): Promise<void> {
  await client.query(CLEAR_PLACES, [game, formatDay(week)]);
  await client.query(PUT_PLACES, [
    game,
    formatDay(week),
    int4Array(places.map((_, entry) => entry + 1)),
    int4Array(places.map(({ place }) => place)),
    int2Array(places.map(({ who }) => bucketOf(who))),
    int8Array(places.map(({ who }) => who)),
    int4Array(places.map(({ rateBp }) => rateBp)),
    int8Array(places.map(({ prizeCents }) => prizeCents)),
  ]);
}

/** What a board shows of one place: no member, no amount. */
export type BoardPlace = {
  readonly entry: number;
  readonly place: number;
  readonly name?: string;
  readonly rateBp: number;
  readonly prizeCents: number;
};

/** By primary key, names by theirs: who has left the game, or was erased, has none. */
const READ_PLACES = `
select l.entry, l.place, p.name, l.rate_bp, l.prize_cents from game_place l
left join game_participant p on p.bucket = l.bucket and p.member_id = l.member_id and p.game = l.game
where l.game = $1 and l.week = $2 and l.entry > $3 order by l.entry limit $4`;

type PlaceRow = { entry: number; place: number; name: string | null; rate_bp: number; prize_cents: number };

export async function readPlaces(
  pool: Pool,
  game: string,
  week: Day,
  after: number,
  limit: number,
): Promise<BoardPlace[]> {
  const { rows } = await pool.query<PlaceRow>(READ_PLACES, [game, formatDay(week), after, limit]);
  return rows.map(({ entry, place, name, rate_bp, prize_cents }) => ({
    ...{ entry, place, rateBp: rate_bp, prizeCents: prize_cents },
    ...(name === null ? {} : { name }),
  }));
}

function toWeek(row: WeekRow): BoardWeek {
  return {
    game: row.game,
    week: parseDay(row.week) as Day,
    asOf: row.as_of.getTime(),
    participants: row.participants,
    bins: row.bins,
    ...(row.closed_at === null ? {} : { closedAt: row.closed_at.getTime() }),
  };
}
