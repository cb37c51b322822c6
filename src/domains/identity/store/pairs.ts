import type { ClientBase, Pool } from "pg";
import { bucketOf, type MemberId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";

export type PairState = "open" | "merged" | "apart";

export type Pair = {
  /** The lower id. */
  readonly member: MemberId;
  readonly other: MemberId;
  readonly state: PairState;
  readonly reason: string;
  readonly evidence: unknown;
  readonly openedAt: EpochMs;
  readonly decidedAt?: EpochMs;
  readonly decidedBy?: string;
  readonly note?: string;
};

/** By primary key; a pair that was decided stays decided. Of what one linkage says the first, the surest, stays. */
const OPEN = `
insert into member_pair (bucket, member_id, other_id, state, reason, evidence, opened_at)
values ($1, $2, $3, 'open', $4, $5, $6)
on conflict (bucket, member_id, other_id) do update set evidence = excluded.evidence
  where member_pair.state = 'open'
    and (excluded.evidence->>'run' is null or excluded.evidence->>'run' is distinct from member_pair.evidence->>'run')
returning xmax = 0 as is_new`;

/** Whether the pair was not known before. */
export async function openPair(
  client: ClientBase,
  pair: Pick<Pair, "reason" | "evidence" | "openedAt"> & { readonly one: MemberId; readonly other: MemberId },
): Promise<boolean> {
  const [low, high] = pair.one < pair.other ? [pair.one, pair.other] : [pair.other, pair.one];
  const evidence = JSON.stringify(pair.evidence);
  const values = [bucketOf(low), low, high, pair.reason, evidence, new Date(pair.openedAt)];
  const { rows } = await client.query<{ is_new: boolean }>(OPEN, values);
  return rows[0]?.is_new === true;
}

const DECIDE = `
insert into member_pair (bucket, member_id, other_id, state, reason, evidence, opened_at, decided_at, decided_by, note)
values ($1, $2, $3, $4, $5, '{}', $6, $6, $7, $8)
on conflict (bucket, member_id, other_id) do update set
  state = excluded.state, decided_at = excluded.decided_at, decided_by = excluded.decided_by, note = excluded.note
returning 1`;

/** Remembers a decision, with or without a review before it. */
export async function decidePair(
  client: ClientBase,
  one: MemberId,
  other: MemberId,
  decided: {
    readonly state: "merged" | "apart";
    readonly reason: string;
    readonly at: EpochMs;
    readonly by: string;
    readonly note: string;
  },
): Promise<void> {
  const [low, high] = one < other ? [one, other] : [other, one];
  const { state, reason, at, by, note } = decided;
  await client.query(DECIDE, [bucketOf(low), low, high, state, reason, new Date(at), by, note]);
}

/** By primary key's member and member_pair_other. */
const SETTLE = `
update member_pair set state = 'merged', decided_at = $2, decided_by = $3, note = ''
where state = 'open' and member_id = any($1) and other_id = any($1) returning 1`;

/** Pairs that waited for a decision and are one person by now, all of these members being one. */
export async function settlePairs(
  client: ClientBase,
  members: readonly MemberId[],
  decided: { readonly at: EpochMs; readonly by: string },
): Promise<void> {
  await client.query(SETTLE, [members, new Date(decided.at), decided.by]);
}

/** By primary key, and by member_pair_other. */
const APART = `
select member_id, other_id from member_pair where state = 'apart' and (member_id = any($1) or other_id = any($1))`;

export async function findApart(
  client: ClientBase | Pool,
  members: readonly MemberId[],
): Promise<(readonly [MemberId, MemberId])[]> {
  if (members.length === 0) return [];
  const { rows } = await client.query<{ member_id: number | string; other_id: number | string }>(APART, [members]);
  return rows.map((row) => [Number(row.member_id), Number(row.other_id)]);
}

type Row = {
  member_id: number | string;
  other_id: number | string;
  state: PairState;
  reason: string;
  evidence: unknown;
  opened_at: Date;
  decided_at: Date | null;
  decided_by: string | null;
  note: string | null;
};

const COLUMNS = "member_id, other_id, state, reason, evidence, opened_at, decided_at, decided_by, note";

/** Oldest first, by member_pair_open; goes on after the page before. */
const LIST = `
select ${COLUMNS} from member_pair where state = 'open' and (opened_at, member_id, other_id) > ($1, $2, $3)
order by opened_at, member_id, other_id limit $4`;

export async function listOpenPairs(
  client: ClientBase | Pool,
  after: { readonly openedAt: EpochMs; readonly member: MemberId; readonly other: MemberId },
  limit: number,
): Promise<Pair[]> {
  const { rows } = await client.query<Row>(LIST, [new Date(after.openedAt), after.member, after.other, limit]);
  return rows.map(toPair);
}

export async function findPair(
  client: ClientBase | Pool,
  member: MemberId,
  other: MemberId,
): Promise<Pair | undefined> {
  const { rows } = await client.query<Row>(
    `select ${COLUMNS} from member_pair where bucket = $1 and member_id = $2 and other_id = $3`,
    [bucketOf(member), member, other],
  );
  return rows[0] && toPair(rows[0]);
}

function toPair(row: Row): Pair {
  return {
    member: Number(row.member_id),
    other: Number(row.other_id),
    state: row.state,
    reason: row.reason,
    evidence: row.evidence,
    openedAt: row.opened_at.getTime(),
    ...(row.decided_at === null ? {} : { decidedAt: row.decided_at.getTime() }),
    ...(row.decided_by === null ? {} : { decidedBy: row.decided_by }),
    ...(row.note === null ? {} : { note: row.note }),
  };
}
