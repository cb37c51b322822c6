import type { ClientBase, Pool } from "pg";
import type { StreamSplit } from "#domains/ledger/index.ts";
import { bucketOf, type MemberId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";
import { int2Array, int4Array, int8Array, textArray, timestamptzArray } from "#platform/postgres/binary-arrays.ts";
import type { Contribution } from "../core/tally.ts";

export type MemberContribution = Contribution & { readonly member: MemberId };

/** In the order of the key, so that two writers can't deadlock; what is there stays. */
const PUT = `
insert into level_contribution (bucket, member_id, occurred_at, seq, cites, partner, kopecks, cents)
select * from unnest($1::int2[], $2::int8[], $3::timestamptz[], $4::int4[], $5::int4[], $6::text[], $7::int8[], $8::int8[])
  as x(bucket, member_id, occurred_at, seq, cites, partner, kopecks, cents)
order by bucket, member_id, occurred_at, seq
on conflict (bucket, member_id, occurred_at, seq) do nothing`;

export async function putLevelContributions(client: ClientBase, rows: readonly MemberContribution[]): Promise<void> {
  if (rows.length === 0) return;
  await client.query(PUT, [
    int2Array(rows.map((row) => bucketOf(row.member))),
    int8Array(rows.map((row) => row.member)),
    timestamptzArray(rows.map((row) => row.at)),
    int4Array(rows.map((row) => row.seq)),
    int4Array(rows.map((row) => row.cites ?? null)),
    textArray(rows.map((row) => row.partner)),
    int8Array(rows.map((row) => row.kopecks)),
    int8Array(rows.map((row) => row.cents)),
  ]);
}

type Row = {
  member_id: number;
  occurred_at: Date;
  seq: number;
  cites: number | null;
  partner: string;
  kopecks: number;
  cents: number;
};

/** Along the primary key, one range of time a member. */
const LOAD = `
select c.member_id, c.occurred_at, c.seq, c.cites, c.partner, c.kopecks, c.cents
from unnest($1::int2[], $2::int8[], $3::timestamptz[]) as x(bucket, member_id, from_at)
join level_contribution c on c.bucket = x.bucket and c.member_id = x.member_id and c.occurred_at >= x.from_at`;

/** Of each member what happened from its time on; from the beginning for -Infinity. */
export async function loadLevelContributions(
  client: ClientBase | Pool,
  members: readonly { readonly member: MemberId; readonly fromAt: EpochMs }[],
): Promise<MemberContribution[]> {
  const { rows } = await client.query<Row>(LOAD, [
    int2Array(members.map(({ member }) => bucketOf(member))),
    int8Array(members.map(({ member }) => member)),
    timestamptzArray(members.map(({ fromAt }) => Math.max(fromAt, 0))),
  ]);
  return rows.map((row) => ({
    member: Number(row.member_id),
    at: row.occurred_at.getTime(),
    seq: row.seq,
    ...(row.cites === null ? {} : { cites: row.cites }),
    partner: row.partner,
    kopecks: Number(row.kopecks),
    cents: Number(row.cents),
  }));
}

/** By a prefix of the primary key; the merged member's numbers become the survivor's. */
const MOVE = `
insert into level_contribution (bucket, member_id, occurred_at, seq, cites, partner, kopecks, cents)
select $1, $2, occurred_at, seq + $5, cites + $5, partner, kopecks, cents
from level_contribution where bucket = $3 and member_id = $4
on conflict (bucket, member_id, occurred_at, seq) do nothing`;
const REMOVE = "delete from level_contribution where bucket = $1 and member_id = $2";

export async function moveLevelContributions(
  client: ClientBase,
  from: MemberId,
  to: MemberId,
  base: number,
): Promise<void> {
  await client.query(MOVE, [bucketOf(to), to, bucketOf(from), from, base]);
  await client.query(REMOVE, [bucketOf(from), from]);
}

/**
 * By a prefix of the primary key: what came with the merge, and what was done since with the identifiers of the members
 * that go (each operation by primary key), under the numbers that it has from now on.
 */
const SPLIT = `
with going as (
  delete from level_contribution c where c.bucket = $1 and c.member_id = $2 and (c.seq > $5 and c.seq <= $5 + $6
    or c.seq > $5 + $6 and exists (select 1 from operation o where o.bucket = c.bucket and o.member_id = c.member_id
       and o.seq = c.seq and (o.facts ->> 'via')::int8 = any($8)))
  returning *
)
insert into level_contribution (bucket, member_id, occurred_at, seq, cites, partner, kopecks, cents)
select $3::int2, $4::int8, occurred_at, case when seq <= $5 + $6 then seq - $5 else seq + $7 end,
  case when cites > $5 and cites <= $5 + $6 then cites - $5 else cites + $7 end, partner, kopecks, cents
from going
on conflict (bucket, member_id, occurred_at, seq) do nothing`;

export async function splitLevelContributions(client: ClientBase, split: StreamSplit): Promise<void> {
  const { survivor, goes, base, count, shift, members } = split;
  const who = [bucketOf(survivor), survivor, bucketOf(goes), goes];
  await client.query(SPLIT, [...who, base, count, shift, int8Array(members)]);
}

/** By prefixes of the primary keys: an erased member has no level to reach. */
export async function eraseLevels(client: ClientBase, member: MemberId): Promise<void> {
  const who = [bucketOf(member), member];
  await client.query("delete from level_contribution where bucket = $1 and member_id = $2", who);
  await client.query("delete from level_standing where bucket = $1 and member_id = $2", who);
}
