import type { ClientBase, Pool } from "pg";
import { bucketOf, type MemberId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";
import { boolArray, int2Array, int4Array, int8Array, jsonArray, textArray } from "#platform/postgres/binary-arrays.ts";

/** What should hold of something won. `expiresAt` is fixed when it was won. */
export type Desired =
  | { readonly kind: "points"; readonly cents: number; readonly expiresAt?: EpochMs }
  | { readonly kind: "boost"; readonly key: string; readonly from: EpochMs; readonly until: EpochMs | null };

/** What an operation has given of it. */
export type GivenAward = {
  readonly seq: number;
  readonly cents?: number;
  readonly key?: string;
  readonly from?: EpochMs;
  readonly until?: EpochMs | null;
};

export type AwardKey = { readonly member: MemberId; readonly game: string; readonly key: string };

export type StoredAward = AwardKey & {
  readonly desired: Desired | undefined;
  readonly cause: Readonly<Record<string, string | number>>;
  readonly given?: GivenAward;
  readonly turn: number;
  readonly isDue: boolean;
  readonly refused?: string;
};

/** Whether what is given differs from what should hold. Points once given stay, whatever else changes. */
export function isAwardDue(desired: Desired | undefined, given: GivenAward | undefined): boolean {
  if (desired === undefined) return given !== undefined;
  if (given === undefined) return true;
  return desired.kind === "boost" && (given.from !== desired.from || (given.until ?? null) !== desired.until);
}

type Row = {
  member_id: number;
  game: string;
  key: string;
  desired: Desired | null;
  cause: Record<string, string | number>;
  given: GivenAward | null;
  turn: number;
  is_due: boolean;
  refused: string | null;
};

const COLUMNS = "a.member_id, a.game, a.key, a.desired, a.cause, a.given, a.turn, a.is_due, a.refused";

/** By a prefix of the primary key, one range a member. */
const LOAD = `
select ${COLUMNS} from unnest($1::int2[], $2::int8[]) as x(bucket, member_id)
join game_award a on a.bucket = x.bucket and a.member_id = x.member_id`;

export async function loadAwards(client: ClientBase | Pool, members: readonly MemberId[]): Promise<StoredAward[]> {
  const { rows } = await client.query<Row>(LOAD, [int2Array(members.map(bucketOf)), int8Array(members)]);
  return rows.map(toAward);
}

/** By the partial index of what is due, in the order of the member's key. */
const LIST_DUE = `
select ${COLUMNS} from game_award a where a.is_due and (a.bucket, a.member_id) > ($1, $2)
order by a.bucket, a.member_id limit $3`;

export async function listDueAwards(
  pool: Pool,
  after: { readonly bucket: number; readonly member: MemberId },
  limit: number,
): Promise<StoredAward[]> {
  const { rows } = await pool.query<Row>(LIST_DUE, [after.bucket, after.member, limit]);
  return rows.map(toAward);
}

/** By primary key, in its order; what was given is not touched here. */
const PUT = `
insert into game_award (bucket, member_id, game, key, desired, cause, is_due, refused, updated_at)
select x.*, $9 from unnest($1::int2[], $2::int8[], $3::text[], $4::text[], $5::json[], $6::json[], $7::bool[], $8::text[])
  as x(bucket, member_id, game, key, desired, cause, is_due, refused)
order by bucket, member_id, game, key
on conflict (bucket, member_id, game, key) do update set
  desired = excluded.desired, cause = excluded.cause, is_due = excluded.is_due, refused = excluded.refused,
  updated_at = excluded.updated_at`;

export async function putAwards(
  client: ClientBase,
  rows: readonly Omit<StoredAward, "given" | "turn">[],
  now: EpochMs,
): Promise<void> {
  if (rows.length === 0) return;
  await client.query(PUT, [
    int2Array(rows.map((row) => bucketOf(row.member))),
    int8Array(rows.map((row) => row.member)),
    textArray(rows.map((row) => row.game)),
    textArray(rows.map((row) => row.key)),
    jsonArray(rows.map((row) => (row.desired === undefined ? null : JSON.stringify(row.desired)))),
    jsonArray(rows.map((row) => JSON.stringify(row.cause))),
    boolArray(rows.map((row) => row.isDue)),
    textArray(rows.map((row) => row.refused ?? null)),
    new Date(now),
  ]);
}

/** By primary key in its order, locked: what is given and the row that says so change together, once per turn. */
const LOCK = `
select ${COLUMNS} from unnest($1::int2[], $2::int8[], $3::text[], $4::text[]) as x(bucket, member_id, game, key)
join game_award a on a.bucket = x.bucket and a.member_id = x.member_id and a.game = x.game and a.key = x.key
order by a.bucket, a.member_id, a.game, a.key for update of a`;

export async function lockAwards(client: ClientBase, rows: readonly AwardKey[]): Promise<StoredAward[]> {
  const found = await client.query<Row>(LOCK, [
    int2Array(rows.map((row) => bucketOf(row.member))),
    int8Array(rows.map((row) => row.member)),
    textArray(rows.map((row) => row.game)),
    textArray(rows.map((row) => row.key)),
  ]);
  return found.rows.map(toAward);
}

/** By primary key, of rows that are locked. */
const PUT_GIVEN = `
update game_award a set given = x.given, turn = x.turn, is_due = x.is_due, refused = x.refused
from unnest($1::int2[], $2::int8[], $3::text[], $4::text[], $5::json[], $6::int4[], $7::bool[], $8::text[])
  as x(bucket, member_id, game, key, given, turn, is_due, refused)
where a.bucket = x.bucket and a.member_id = x.member_id and a.game = x.game and a.key = x.key`;

export async function putGivenAwards(
  client: ClientBase,
  rows: readonly Omit<StoredAward, "desired" | "cause">[],
): Promise<void> {
  if (rows.length === 0) return;
  await client.query(PUT_GIVEN, [
    int2Array(rows.map((row) => bucketOf(row.member))),
    int8Array(rows.map((row) => row.member)),
    textArray(rows.map((row) => row.game)),
    textArray(rows.map((row) => row.key)),
    jsonArray(rows.map((row) => (row.given === undefined ? null : JSON.stringify(row.given)))),
    int4Array(rows.map((row) => row.turn)),
    boolArray(rows.map((row) => row.isDue)),
    textArray(rows.map((row) => row.refused ?? null)),
  ]);
}

function toAward(row: Row): StoredAward {
  return {
    member: row.member_id,
    game: row.game,
    key: row.key,
    desired: row.desired ?? undefined,
    cause: row.cause,
    ...(row.given === null ? {} : { given: row.given }),
    turn: row.turn,
    isDue: row.is_due,
    ...(row.refused === null ? {} : { refused: row.refused }),
  };
}
