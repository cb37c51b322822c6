import type { ClientBase, Pool } from "pg";
import { bucketOf, type MemberId } from "#kernel/ids.ts";
import type { Day, EpochMs } from "#kernel/time.ts";
import {
  boolArray,
  dateArray,
  int2Array,
  int4Array,
  int8Array,
  jsonArray,
  textArray,
  timestamptzArray,
} from "#platform/postgres/binary-arrays.ts";
import type { Contribution } from "../core/progress/contribution.ts";
import type { Progress } from "../core/progress/evaluate.ts";

/** What holds of a mission's reward: a boost's window, or an award's points; `seq` is the operation that gave it. */
export type Given = {
  readonly seq: number;
  readonly from?: EpochMs;
  readonly until?: EpochMs | null;
  readonly cents?: number;
};

export type StoredProgress = {
  readonly member: MemberId;
  readonly mission: string;
  readonly steps: Progress["steps"];
  readonly done?: NonNullable<Progress["done"]>;
  readonly given?: Given;
  readonly turn: number;
  readonly isDue: boolean;
  readonly refused?: string;
};

export type MemberContribution = Contribution & { readonly member: MemberId; readonly mission: string };

/** In the order of the key, so that two writers can't deadlock; what is there stays. */
const PUT_CONTRIBUTIONS = `
insert into mission_contribution (bucket, member_id, mission, step, source, cites, occurred_at, amount)
select * from unnest($1::int2[], $2::int8[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::int8[])
  as x(bucket, member_id, mission, step, source, cites, occurred_at, amount)
order by bucket, member_id, mission, step, source
on conflict (bucket, member_id, mission, step, source) do nothing`;

export async function putContributions(client: ClientBase, rows: readonly MemberContribution[]): Promise<void> {
  if (rows.length === 0) return;
  await client.query(PUT_CONTRIBUTIONS, [
    int2Array(rows.map((row) => bucketOf(row.member))),
    int8Array(rows.map((row) => row.member)),
    textArray(rows.map((row) => row.mission)),
    textArray(rows.map((row) => row.step)),
    textArray(rows.map((row) => row.source)),
    textArray(rows.map((row) => row.cites ?? null)),
    timestamptzArray(rows.map((row) => row.at)),
    int8Array(rows.map((row) => row.amount)),
  ]);
}

type ContributionRow = {
  member_id: number;
  mission: string;
  step: string;
  source: string;
  cites: string | null;
  occurred_at: Date;
  amount: number;
};

/** By a prefix of the primary key, one range a member. */
const LOAD_CONTRIBUTIONS = `
select c.member_id, c.mission, c.step, c.source, c.cites, c.occurred_at, c.amount
from unnest($1::int2[], $2::int8[]) as x(bucket, member_id)
join mission_contribution c on c.bucket = x.bucket and c.member_id = x.member_id`;

export async function loadContributions(
  client: ClientBase | Pool,
  members: readonly MemberId[],
): Promise<MemberContribution[]> {
  const { rows } = await client.query<ContributionRow>(LOAD_CONTRIBUTIONS, [
    int2Array(members.map(bucketOf)),
    int8Array(members),
  ]);
  return rows.map((row) => ({
    member: row.member_id,
    mission: row.mission,
    step: row.step,
    source: row.source,
    ...(row.cites === null ? {} : { cites: row.cites }),
    at: row.occurred_at.getTime(),
    amount: row.amount,
  }));
}

type ProgressRow = {
  member_id: number;
  mission: string;
  steps: Progress["steps"];
  done_at: Date | null;
  done_by: string | null;
  given: Given | null;
  turn: number;
  is_due: boolean;
  refused: string | null;
};

const COLUMNS = "p.member_id, p.mission, p.steps, p.done_at, p.done_by, p.given, p.turn, p.is_due, p.refused";

/** By a prefix of the primary key, one range a member. */
const LOAD_PROGRESS = `
select ${COLUMNS} from unnest($1::int2[], $2::int8[]) as x(bucket, member_id)
join mission_progress p on p.bucket = x.bucket and p.member_id = x.member_id`;

export async function loadProgress(client: ClientBase | Pool, members: readonly MemberId[]): Promise<StoredProgress[]> {
  const { rows } = await client.query<ProgressRow>(LOAD_PROGRESS, [
    int2Array(members.map(bucketOf)),
    int8Array(members),
  ]);
  return rows.map(toProgress);
}

/** By the partial index of what is due; the members of the page in the order of their key. */
const LIST_DUE = `
select ${COLUMNS} from mission_progress p where p.is_due and (p.bucket, p.member_id) > ($1, $2)
order by p.bucket, p.member_id limit $3`;

/** Rewards to be given or taken, after a member's place in the order of (bucket, member). */
export async function listDue(
  pool: Pool,
  after: { readonly bucket: number; readonly member: MemberId },
  limit: number,
): Promise<StoredProgress[]> {
  const { rows } = await pool.query<ProgressRow>(LIST_DUE, [after.bucket, after.member, limit]);
  return rows.map(toProgress);
}

/** By primary key, in its order; what was given is not touched here. */
const PUT_PROGRESS = `
insert into mission_progress (bucket, member_id, mission, steps, done_at, done_by, is_due, refused, updated_at)
select x.*, $9 from unnest($1::int2[], $2::int8[], $3::text[], $4::json[], $5::timestamptz[], $6::text[], $7::bool[], $8::text[])
  as x(bucket, member_id, mission, steps, done_at, done_by, is_due, refused)
order by bucket, member_id, mission
on conflict (bucket, member_id, mission) do update set
  steps = excluded.steps, done_at = excluded.done_at, done_by = excluded.done_by, is_due = excluded.is_due,
  refused = excluded.refused, updated_at = excluded.updated_at`;

export async function putProgress(
  client: ClientBase,
  rows: readonly Omit<StoredProgress, "given" | "turn">[],
  now: EpochMs,
): Promise<void> {
  if (rows.length === 0) return;
  await client.query(PUT_PROGRESS, [
    int2Array(rows.map((row) => bucketOf(row.member))),
    int8Array(rows.map((row) => row.member)),
    textArray(rows.map((row) => row.mission)),
    jsonArray(rows.map((row) => JSON.stringify(row.steps))),
    timestamptzArray(rows.map((row) => row.done?.at ?? null)),
    textArray(rows.map((row) => row.done?.source ?? null)),
    boolArray(rows.map((row) => row.isDue)),
    textArray(rows.map((row) => row.refused ?? null)),
    new Date(now),
  ]);
}

/** By primary key in its order, locked: what is given and the row that says so change together, once per turn. */
const LOCK_PROGRESS = `
select ${COLUMNS} from unnest($1::int2[], $2::int8[], $3::text[]) as x(bucket, member_id, mission)
join mission_progress p on p.bucket = x.bucket and p.member_id = x.member_id and p.mission = x.mission
order by p.bucket, p.member_id, p.mission for update of p`;

export async function lockProgress(
  client: ClientBase,
  rows: readonly { readonly member: MemberId; readonly mission: string }[],
): Promise<StoredProgress[]> {
  const found = await client.query<ProgressRow>(LOCK_PROGRESS, [
    int2Array(rows.map((row) => bucketOf(row.member))),
    int8Array(rows.map((row) => row.member)),
    textArray(rows.map((row) => row.mission)),
  ]);
  return found.rows.map(toProgress);
}

/** By primary key, of rows that are locked. */
const PUT_GIVEN = `
update mission_progress p set given = x.given, turn = x.turn, is_due = x.is_due, refused = x.refused
from unnest($1::int2[], $2::int8[], $3::text[], $4::json[], $5::int4[], $6::bool[], $7::text[])
  as x(bucket, member_id, mission, given, turn, is_due, refused)
where p.bucket = x.bucket and p.member_id = x.member_id and p.mission = x.mission`;

export async function putGiven(
  client: ClientBase,
  rows: readonly Omit<StoredProgress, "steps" | "done">[],
): Promise<void> {
  if (rows.length === 0) return;
  await client.query(PUT_GIVEN, [
    int2Array(rows.map((row) => bucketOf(row.member))),
    int8Array(rows.map((row) => row.member)),
    textArray(rows.map((row) => row.mission)),
    jsonArray(rows.map((row) => (row.given === undefined ? null : JSON.stringify(row.given)))),
    int4Array(rows.map((row) => row.turn)),
    boolArray(rows.map((row) => row.isDue)),
    textArray(rows.map((row) => row.refused ?? null)),
  ]);
}

export type Completion = {
  readonly member: MemberId;
  readonly mission: string;
  readonly turn: number;
  readonly kind: "given" | "moved" | "taken-back" | "credited" | "charged";
  readonly done?: NonNullable<Progress["done"]>;
  readonly seq: number;
  readonly cents: number;
  readonly feeKopecks: number;
  readonly feePartner?: string;
  readonly accountingDay: Day;
  readonly postedAt: EpochMs;
};

/**
 * By primary key. Their month must be open when they are written: the fence row is share-locked, and a day that has been
 * closed meanwhile becomes the first open one.
 */
const PUT_COMPLETIONS = `
with fence as (select first_open_day from accounting_fence for share)
insert into mission_completion (bucket, member_id, mission, turn, kind, done_at, done_by, seq, cents, fee_kopecks,
                                fee_partner, accounting_day, posted_at)
select x.bucket, x.member_id, x.mission, x.turn, x.kind, x.done_at, x.done_by, x.seq, x.cents, x.fee_kopecks,
       x.fee_partner, greatest(x.accounting_day, first_open_day), x.posted_at
from fence cross join unnest($1::int2[], $2::int8[], $3::text[], $4::int4[], $5::text[], $6::timestamptz[], $7::text[],
                             $8::int4[], $9::int8[], $10::int8[], $11::text[], $12::date[], $13::timestamptz[])
  as x(bucket, member_id, mission, turn, kind, done_at, done_by, seq, cents, fee_kopecks, fee_partner, accounting_day, posted_at)`;

export async function putCompletions(client: ClientBase, rows: readonly Completion[]): Promise<void> {
  if (rows.length === 0) return;
  await client.query(PUT_COMPLETIONS, [
    int2Array(rows.map((row) => bucketOf(row.member))),
    int8Array(rows.map((row) => row.member)),
    textArray(rows.map((row) => row.mission)),
    int4Array(rows.map((row) => row.turn)),
    textArray(rows.map((row) => row.kind)),
    timestamptzArray(rows.map((row) => row.done?.at ?? null)),
    textArray(rows.map((row) => row.done?.source ?? null)),
    int4Array(rows.map((row) => row.seq)),
    int8Array(rows.map((row) => row.cents)),
    int8Array(rows.map((row) => row.feeKopecks)),
    textArray(rows.map((row) => row.feePartner ?? null)),
    dateArray(rows.map((row) => row.accountingDay)),
    timestamptzArray(rows.map((row) => row.postedAt)),
  ]);
}

function toProgress(row: ProgressRow): StoredProgress {
  return {
    member: row.member_id,
    mission: row.mission,
    steps: row.steps,
    ...(row.done_at === null || row.done_by === null
      ? {}
      : { done: { at: row.done_at.getTime(), source: row.done_by } }),
    ...(row.given === null ? {} : { given: row.given }),
    turn: row.turn,
    isDue: row.is_due,
    ...(row.refused === null ? {} : { refused: row.refused }),
  };
}
