import type { ClientBase, Pool } from "pg";
import { bucketOf, type MemberId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";

/** Down the tree by member_merge_survivor, a level at a time. */
const MERGED_INTO = `
with recursive tree(member_id) as (
  select member_id from member_merge where survivor_id = any($1) and undone_at is null
  union
  select m.member_id from tree t join member_merge m on m.survivor_id = t.member_id and m.undone_at is null
)
select member_id from tree`;

/** Everybody that a member answers for, itself excluded. */
export async function listMergedInto(client: ClientBase | Pool, member: MemberId): Promise<MemberId[]> {
  const { rows } = await client.query<{ member_id: number | string }>(MERGED_INTO, [[member]]);
  return rows.map((row) => Number(row.member_id));
}

export type MergeRow = {
  readonly member: MemberId;
  readonly seq: number;
  readonly survivor: MemberId;
  readonly at: EpochMs;
  readonly decidedBy: string;
  readonly why: unknown;
};

const INSERT = `
insert into member_merge (bucket, member_id, seq, survivor_id, at, decided_by, why)
values ($1, $2, $3, $4, $5, $6, $7) returning 1`;

export async function insertMerge(client: ClientBase, row: MergeRow): Promise<void> {
  const { member, seq, survivor, at, decidedBy, why } = row;
  await client.query(INSERT, [bucketOf(member), member, seq, survivor, new Date(at), decidedBy, JSON.stringify(why)]);
}

/** By primary key: the one merge of a member that stands. */
const UNDO = `
update member_merge set undone_at = $3, undone_by = $4, undone_why = $5
where bucket = $1 and member_id = $2 and undone_at is null returning 1`;

export async function undoMerge(
  client: ClientBase,
  member: MemberId,
  undone: { readonly at: EpochMs; readonly by: string; readonly why: string },
): Promise<void> {
  await client.query(UNDO, [bucketOf(member), member, new Date(undone.at), undone.by, undone.why]);
}
