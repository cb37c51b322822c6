import type { ClientBase } from "pg";
import {
  createDueRewards,
  type Desired,
  type RewardColumns,
  type RewardState,
  rewardState,
} from "#domains/rewards/index.ts";
import { bucketOf, type MemberId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";
import { boolArray, int2Array, int8Array, jsonArray, textArray } from "#platform/postgres/binary-arrays.ts";

export type AwardKey = { readonly member: MemberId; readonly game: string; readonly key: string };

/** Something won, and what is given of it. */
export type StoredAward = AwardKey &
  RewardState & {
    readonly desired: Desired | undefined;
    readonly cause: Readonly<Record<string, string | number>>;
  };

type Row = RewardColumns & {
  game: string;
  key: string;
  desired: Desired | null;
  cause: Record<string, string | number>;
};

/** What is won and given; by the member, by what is due, and locked to be changed. */
export const {
  load: loadAwards,
  listDue: listDueAwards,
  lock: lockAwards,
  putGiven: putGivenAwards,
} = createDueRewards<StoredAward, Row, "game" | "key">({
  table: "game_award",
  keys: ["game", "key"],
  columns: ["desired", "cause"],
  toRow: (row) => {
    const { game, key, desired, cause } = row;
    return { ...rewardState(row), game, key, desired: desired ?? undefined, cause };
  },
});

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
