import type { ClientBase, Pool } from "pg";
import { bucketOf, type MemberId } from "#kernel/ids.ts";
import { boolArray, int2Array, int4Array, int8Array, jsonArray, textArray } from "#platform/postgres/binary-arrays.ts";
import type { Given } from "../core/reward.ts";

/** What is given of one thing that a member can win, and how often it was given, moved or taken back. */
export type RewardState = {
  readonly member: MemberId;
  readonly given?: Given;
  readonly turn: number;
  /** What is given and what should hold differ: an operation will bring them together. */
  readonly isDue: boolean;
  /** Why it was not given: budget-exhausted. */
  readonly refused?: string;
};

/** Columns that every table of rewards has. */
export type RewardColumns = {
  member_id: number;
  given: Given | null;
  turn: number;
  is_due: boolean;
  refused: string | null;
};

/** A table of rewards, keyed by (bucket, member_id, ...keys). Its names stand in the code, never in data. */
export type RewardTable<Row, Columns extends RewardColumns, Key extends string> = {
  readonly table: "mission_progress" | "game_award";
  readonly keys: readonly Key[];
  /** Besides the key and the columns that all have. */
  readonly columns: readonly string[];
  readonly toRow: (columns: Columns) => Row;
};

/** A place in the order of (bucket, member). */
export type DuePlace = { readonly bucket: number; readonly member: MemberId };

export type DueRewards<Row, Key extends string> = {
  load(client: ClientBase | Pool, members: readonly MemberId[]): Promise<Row[]>;
  /** Rewards to be given or taken, after a member's place. */
  listDue(pool: Pool, after: DuePlace, limit: number): Promise<Row[]>;
  /** In the order of the key: what is given and the row that says so change together, once per turn. */
  lock(client: ClientBase, rows: readonly (Record<Key, string> & { readonly member: MemberId })[]): Promise<Row[]>;
  /** Of rows that are locked. */
  putGiven(client: ClientBase, rows: readonly (Record<Key, string> & RewardState)[]): Promise<void>;
};

/** Reads and writes what is due and what is given, in a table of missions or games. */
export function createDueRewards<Row, Columns extends RewardColumns, Key extends string>({
  table,
  keys,
  columns,
  toRow,
}: RewardTable<Row, Columns, Key>): DueRewards<Row, Key> {
  const all = ["member_id", ...keys, ...columns, "given", "turn", "is_due", "refused"].map((name) => `t.${name}`);
  const select = `select ${all.join(", ")}`;
  const names = ["bucket", "member_id", ...keys];
  const arrays = names.map((_, i) => `$${i + 1}::${["int2", "int8"][i] ?? "text"}[]`).join(", ");
  const isSame = names.map((name) => `t.${name} = x.${name}`).join(" and ");

  /** By a prefix of the primary key, one range a member. */
  const load = `${select} from unnest($1::int2[], $2::int8[]) as x(bucket, member_id)
join ${table} t on t.bucket = x.bucket and t.member_id = x.member_id`;
  /** By the partial index of what is due, in its order. */
  const listDue = `${select} from ${table} t where t.is_due and (t.bucket, t.member_id) > ($1, $2)
order by t.bucket, t.member_id limit $3`;
  /** By primary key in its order, so that two who lock can't deadlock. */
  const lock = `${select} from unnest(${arrays}) as x(${names.join(", ")}) join ${table} t on ${isSame}
order by ${names.map((name) => `t.${name}`).join(", ")} for update of t`;
  /** By primary key. */
  const n = names.length;
  const putGiven = `update ${table} t set given = x.given, turn = x.turn, is_due = x.is_due, refused = x.refused
from unnest(${arrays}, $${n + 1}::json[], $${n + 2}::int4[], $${n + 3}::bool[], $${n + 4}::text[])
  as x(${names.join(", ")}, given, turn, is_due, refused)
where ${isSame}`;

  const keyArrays = (rows: readonly (Record<Key, string> & { readonly member: MemberId })[]): Buffer[] => [
    int2Array(rows.map((row) => bucketOf(row.member))),
    int8Array(rows.map((row) => row.member)),
    ...keys.map((key) => textArray(rows.map((row) => row[key]))),
  ];

  return {
    load: async (client, members) => {
      const values = [int2Array(members.map(bucketOf)), int8Array(members)];
      return (await client.query<Columns>(load, values)).rows.map(toRow);
    },
    listDue: async (pool, { bucket, member }, limit) =>
      (await pool.query<Columns>(listDue, [bucket, member, limit])).rows.map(toRow),
    lock: async (client, rows) =>
      rows.length === 0 ? [] : (await client.query<Columns>(lock, keyArrays(rows))).rows.map(toRow),
    putGiven: async (client, rows) => {
      if (rows.length === 0) return;
      await client.query(putGiven, [
        ...keyArrays(rows),
        jsonArray(rows.map((row) => (row.given === undefined ? null : JSON.stringify(row.given)))),
        int4Array(rows.map((row) => row.turn)),
        boolArray(rows.map((row) => row.isDue)),
        textArray(rows.map((row) => row.refused ?? null)),
      ]);
    },
  };
}

/** What all rows of rewards have, as the code names it. */
export function rewardState({ member_id, given, turn, is_due, refused }: RewardColumns): RewardState {
  return {
    member: member_id,
    ...(given === null ? {} : { given }),
    turn,
    isDue: is_due,
    ...(refused === null ? {} : { refused }),
  };
}
