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

/** Down the trees, remembering whose they are. */
const TREES = `
with recursive tree(root, member_id) as (
  select r, r from unnest($1::int8[]) r
  union
  select t.root, m.member_id from tree t join member_merge m on m.survivor_id = t.member_id and m.undone_at is null
)
select root, member_id from tree`;

/** Everybody that these roots answer for, themselves first. */
export async function loadTrees(
  client: ClientBase | Pool,
  roots: readonly MemberId[],
): Promise<Map<MemberId, MemberId[]>> {
  const trees = new Map<MemberId, MemberId[]>(roots.map((root) => [root, [root]]));
  if (roots.length === 0) return trees;
  const { rows } = await client.query<{ root: number | string; member_id: number | string }>({
    name: "load-trees",
    text: TREES,
    values: [roots],
  });
  for (const row of rows) {
    const [root, member] = [Number(row.root), Number(row.member_id)];
    if (member !== root) trees.get(root)?.push(member);
  }
  return trees;
}

export type MergeRecord = MergeRow & {
  readonly undoneAt?: EpochMs;
  readonly undoneBy?: string;
  readonly undoneWhy?: string;
};

/** By primary key: all merges of these members, also those undone, in order of time. */
const HISTORY = `
select member_id, seq, survivor_id, at, decided_by, why, undone_at, undone_by, undone_why
from member_merge where bucket = any($1) and member_id = any($2) order by at`;

export async function mergeHistory(client: ClientBase | Pool, members: readonly MemberId[]): Promise<MergeRecord[]> {
  const { rows } = await client.query<{
    member_id: number | string;
    seq: number;
    survivor_id: number | string;
    at: Date;
    decided_by: string;
    why: unknown;
    undone_at: Date | null;
    undone_by: string | null;
    undone_why: string | null;
  }>(HISTORY, [members.map(bucketOf), members]);
  return rows.map((row) => ({
    member: Number(row.member_id),
    seq: row.seq,
    survivor: Number(row.survivor_id),
    at: row.at.getTime(),
    decidedBy: row.decided_by,
    why: row.why,
    ...(row.undone_at === null ? {} : { undoneAt: row.undone_at.getTime() }),
    ...(row.undone_by === null ? {} : { undoneBy: row.undone_by }),
    ...(row.undone_why === null ? {} : { undoneWhy: row.undone_why }),
  }));
}

/** Upwards by primary key, a level at a time; whether anybody left by member_merge_undone. */
const PAST = `
select array(select distinct survivor_id from member_merge where bucket = any($1) and member_id = any($2)) as survivors,
  exists(select from member_merge where survivor_id = any($2) and undone_at is not null) as has_left`;

/** Whose history a member's is: one member answers for all of the tree, and some of them may have lived elsewhere. */
export type Kin = {
  /** Everybody that the member answers for, itself first. */
  readonly tree: readonly MemberId[];
  /** Who answered for one of them once and does no more: operations made for the tree may stand there. */
  readonly elsewhere: readonly MemberId[];
  /** Somebody was taken out of the tree: operations made for others may stand in its streams. */
  readonly hasLeft: boolean;
};

/** The kin of a member that answers for itself: two queries, one more for each level that it was merged up before. */
export async function loadKin(client: ClientBase | Pool, member: MemberId): Promise<Kin> {
  const tree = (await loadTrees(client, [member])).get(member) ?? [member];
  const elsewhere: MemberId[] = [];
  let hasLeft = false;
  for (let level: readonly MemberId[] = tree; level.length > 0; ) {
    const { rows } = await client.query<{ survivors: (number | string)[]; has_left: boolean }>({
      name: "past-survivors",
      text: PAST,
      values: [level.map(bucketOf), level],
    });
    if (level === tree) hasLeft = rows[0]?.has_left ?? false;
    const survivors = (rows[0]?.survivors ?? []).map(Number);
    level = survivors.filter((each) => !tree.includes(each) && !elsewhere.includes(each));
    elsewhere.push(...level);
  }
  return { tree, elsewhere, hasLeft };
}
