import type { ClientBase, Pool } from "pg";
import {
  type Contribution,
  createContributions,
  createDueRewards,
  type RewardColumns,
  type RewardState,
  rewardState,
} from "#domains/rewards/index.ts";
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
import type { Progress } from "../core/progress/evaluate.ts";

/** How far a member is with a mission, and what holds of its reward. */
export type StoredProgress = RewardState & {
  readonly mission: string;
  readonly steps: Progress["steps"];
  readonly done?: NonNullable<Progress["done"]>;
};

export type MemberContribution = Contribution & { readonly member: MemberId; readonly mission: string };

/** Contributions to missions: what events and receipts add to their steps. */
export const missionContributions = createContributions({
  table: "mission_contribution",
  of: "mission",
  hasPoints: false,
});

export function putContributions(client: ClientBase, rows: readonly MemberContribution[]): Promise<void> {
  return missionContributions.put(
    client,
    rows.map((row) => ({ ...row, of: row.mission })),
  );
}

export async function loadContributions(
  client: ClientBase | Pool,
  members: readonly MemberId[],
): Promise<MemberContribution[]> {
  const rows = await missionContributions.load(client, members);
  return rows.map(({ of, ...row }) => ({ ...row, mission: of }));
}

type ProgressRow = RewardColumns & {
  mission: string;
  steps: Progress["steps"];
  done_at: Date | null;
  done_by: string | null;
};

/** Progress and what is given of it; by the member, by what is due, and locked to be changed. */
export const {
  load: loadProgress,
  listDue,
  lock: lockProgress,
  putGiven,
} = createDueRewards<StoredProgress, ProgressRow, "mission">({
  table: "mission_progress",
  keys: ["mission"],
  columns: ["steps", "done_at", "done_by"],
  toRow: (row) => ({
    ...rewardState(row),
    mission: row.mission,
    steps: row.steps,
    ...(row.done_at === null || row.done_by === null
      ? {}
      : { done: { at: row.done_at.getTime(), source: row.done_by } }),
  }),
});

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
