import type { ClientBase, Pool } from "pg";
import { bucketOf, type MemberId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";
import { boolArray, int2Array, int4Array, int8Array, jsonArray } from "#platform/postgres/binary-arrays.ts";
import type { Span } from "../core/spans.ts";

export type StoredStanding = {
  readonly member: MemberId;
  /** By what was done. */
  readonly desired: readonly Span[];
  /** As traits. */
  readonly given: readonly Span[];
  readonly turn: number;
  readonly isDue: boolean;
};

type SpanRow = readonly [level: string, fromAt: number, untilAt: number];
type Row = { member_id: number; desired: SpanRow[]; given: SpanRow[]; turn: number; is_due: boolean };

const COLUMNS = "s.member_id, s.desired, s.given, s.turn, s.is_due";

/** By primary key, one probe a member. */
const LOAD = `
select ${COLUMNS} from unnest($1::int2[], $2::int8[]) as x(bucket, member_id)
join level_standing s on s.bucket = x.bucket and s.member_id = x.member_id`;

/** The same, locked in the order of the key. */
const LOCK = `
select ${COLUMNS} from level_standing s
where (s.bucket, s.member_id) in (select * from unnest($1::int2[], $2::int8[]))
order by s.bucket, s.member_id for update`;

export async function loadStandings(
  client: ClientBase | Pool,
  members: readonly MemberId[],
  lock?: "lock",
): Promise<StoredStanding[]> {
  if (members.length === 0) return [];
  const values = [int2Array(members.map(bucketOf)), int8Array(members)];
  const { rows } = await client.query<Row>(lock ? LOCK : LOAD, values);
  return rows.map(toStanding);
}

/** By primary key, in its order; what was given stays. */
const PUT_DESIRED = `
insert into level_standing (bucket, member_id, desired, is_due, updated_at)
select bucket, member_id, desired, is_due, $5
from unnest($1::int2[], $2::int8[], $3::json[], $4::bool[]) as x(bucket, member_id, desired, is_due)
order by bucket, member_id
on conflict (bucket, member_id) do update set
  desired = excluded.desired, is_due = excluded.is_due, updated_at = excluded.updated_at`;

export async function putDesired(
  client: ClientBase,
  rows: readonly Pick<StoredStanding, "member" | "desired" | "isDue">[],
  now: EpochMs,
): Promise<void> {
  if (rows.length === 0) return;
  await client.query(PUT_DESIRED, [
    int2Array(rows.map(({ member }) => bucketOf(member))),
    int8Array(rows.map(({ member }) => member)),
    jsonArray(rows.map(({ desired }) => spansText(desired))),
    boolArray(rows.map(({ isDue }) => isDue)),
    new Date(now),
  ]);
}

/** By primary key; the rows are locked by the caller. */
const PUT_GIVEN = `
update level_standing s set given = x.given, turn = x.turn, is_due = x.is_due
from unnest($1::int2[], $2::int8[], $3::json[], $4::int4[], $5::bool[]) as x(bucket, member_id, given, turn, is_due)
where s.bucket = x.bucket and s.member_id = x.member_id`;

export async function putGivenLevels(
  client: ClientBase,
  rows: readonly Omit<StoredStanding, "desired">[],
): Promise<void> {
  if (rows.length === 0) return;
  await client.query(PUT_GIVEN, [
    int2Array(rows.map(({ member }) => bucketOf(member))),
    int8Array(rows.map(({ member }) => member)),
    jsonArray(rows.map(({ given }) => spansText(given))),
    int4Array(rows.map(({ turn }) => turn)),
    boolArray(rows.map(({ isDue }) => isDue)),
  ]);
}

/** By the partial index of what is due, in its order. */
const LIST_DUE = `
select ${COLUMNS} from level_standing s where s.is_due and (s.bucket, s.member_id) > ($1, $2)
order by s.bucket, s.member_id limit $3`;

/** Levels to be brought up, after a member's place in the order of (bucket, member). */
export async function listDueLevels(
  pool: Pool,
  after: { readonly bucket: number; readonly member: MemberId },
  limit: number,
): Promise<StoredStanding[]> {
  const { rows } = await pool.query<Row>(LIST_DUE, [after.bucket, after.member, limit]);
  return rows.map(toStanding);
}

function toStanding(row: Row): StoredStanding {
  return {
    member: Number(row.member_id),
    desired: row.desired.map(toSpan),
    given: row.given.map(toSpan),
    turn: row.turn,
    isDue: row.is_due,
  };
}

function toSpan([level, fromAt, untilAt]: SpanRow): Span {
  return { level, fromAt, untilAt };
}

function spansText(spans: readonly Span[]): string {
  return JSON.stringify(spans.map(({ level, fromAt, untilAt }): SpanRow => [level, fromAt, untilAt]));
}
