import type { Pool } from "pg";
import type { EventData, Happening, Line } from "#domains/missions/index.ts";
import type { Receipt, Tender } from "#domains/program/index.ts";
import { bucketOf, type MemberId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";
import { int2Array, int8Array } from "#platform/postgres/binary-arrays.ts";

/**
 * Members of buckets spread over all, by the primary key: in each from a place that its number picks, so that those who
 * joined early are not all there is. A bucket is a hash of the member, so any of them stands for all. No locks.
 */
const SAMPLE = `
with spread as (select (i * 1024 / least($1, 1024))::smallint as bucket from generate_series(0, least($1, 1024) - 1) i),
most as (
  select s.bucket, (select max(member_id) from wallet w where w.bucket = s.bucket) as member_id from spread s),
picked as (
  select m.bucket, floor(m.member_id * ((m.bucket * 619 + 331) % 1024) / 1024.0)::int8 as pivot from most m
  where m.member_id is not null)
select f.member_id from picked p cross join lateral (
  select member_id from (
    (select 0 as lap, member_id from wallet
      where bucket = p.bucket and member_id >= p.pivot and status = 'open' order by member_id limit $2)
    union all
    (select 1 as lap, member_id from wallet
      where bucket = p.bucket and member_id < p.pivot and status = 'open' order by member_id limit $2)
  ) around order by lap, member_id limit $2) f
order by p.bucket, f.member_id`;

/** About so many members, any of them; the same ones while nobody joins. All of them where there are no more than that. */
export async function sampleMembers(pool: Pool, count: number): Promise<MemberId[]> {
  const isAll = (await countMembers(pool)) <= count;
  const [buckets, each] = isAll ? [1_024, count] : [count, Math.ceil(count / 1_024)];
  const { rows } = await pool.query<{ member_id: number }>(SAMPLE, [buckets, each]);
  return rows.map((row) => Number(row.member_id));
}

/** Along the members' own operations, by primary key. */
const RECEIPTS = `
select o.member_id, o.seq, o.partner, (extract(epoch from o.occurred_at) * 1000)::int8 as at,
       o.body -> 'receipt' as receipt, (o.body -> 'spent' ->> 'cents')::int8 as spent
from unnest($1::int2[], $2::int8[]) as x(bucket, member_id)
join operation o on o.bucket = x.bucket and o.member_id = x.member_id
where o.kind = 'purchase' and o.occurred_at >= $3 and o.occurred_at < $4
order by o.member_id, o.occurred_at, o.seq`;

type ReceiptRow = {
  member_id: number;
  seq: number;
  partner: string;
  at: number;
  receipt: {
    store: string;
    channel?: string;
    lines: Line[];
    deliveryFee?: number;
    tenders?: { kind: string; amount: number; bank?: string }[];
  };
  spent: number | null;
};

export type SampledReceipt = { readonly source: string; readonly receipt: Receipt };

/** Members whose receipts are read at once: about 10,000 receipts, so that whoever else the process serves has a turn between. */
const AT_ONCE = 128;

/** The receipts of these members in [from, until), each member's in order of time. */
export async function readReceipts(
  pool: Pool,
  members: readonly MemberId[],
  fromAt: EpochMs,
  untilAt: EpochMs,
): Promise<Map<MemberId, SampledReceipt[]>> {
  const found = new Map<MemberId, SampledReceipt[]>();
  for (let i = 0; i < members.length; i += AT_ONCE) {
    const keys = keysOf(members.slice(i, i + AT_ONCE));
    const { rows } = await pool.query<ReceiptRow>(RECEIPTS, [...keys, new Date(fromAt), new Date(untilAt)]);
    for (const [member, receipts] of grouped(rows, receiptOf)) found.set(member, receipts);
  }
  return found;
}

function receiptOf({ seq, partner, at, receipt, spent }: ReceiptRow): SampledReceipt {
  return {
    source: `o:${seq}`,
    receipt: {
      ...{ partner, store: receipt.store, till: "", number: "", at },
      ...(receipt.channel === undefined ? {} : { channel: receipt.channel }),
      lines: receipt.lines.map(({ category, amount }) => ({ category, amountKopecks: amount })),
      deliveryFeeKopecks: receipt.deliveryFee ?? 0,
      tenders: (receipt.tenders ?? []).map(
        ({ kind, amount, bank }): Tender => ({ kind, amountKopecks: amount, ...(bank === undefined ? {} : { bank }) }),
      ),
      spendCents: spent ?? 0,
    },
  };
}

/** By the primary key's prefix, one range a member. */
const EVENTS = `
select e.member_id, e.partner, e.event_id, e.type, e.data, (extract(epoch from e.occurred_at) * 1000)::int8 as at
from unnest($1::int2[], $2::int8[]) as x(bucket, member_id)
join partner_event e on e.bucket = x.bucket and e.member_id = x.member_id
where e.occurred_at >= $3 and e.occurred_at < $4`;

type EventRow = { member_id: number; partner: string; event_id: string; type: string; data: EventData; at: number };

/** The events of these members in [from, until). */
export async function readEvents(
  pool: Pool,
  members: readonly MemberId[],
  fromAt: EpochMs,
  untilAt: EpochMs,
): Promise<Map<MemberId, Happening[]>> {
  const { rows } = await pool.query<EventRow>(EVENTS, [...keysOf(members), new Date(fromAt), new Date(untilAt)]);
  return grouped(rows, ({ partner, event_id, type, data, at }) => ({
    kind: "event",
    source: `e:${partner}:${event_id}`,
    ...{ partner, type, at, data },
  }));
}

function keysOf(members: readonly MemberId[]): [Buffer, Buffer] {
  return [int2Array(members.map(bucketOf)), int8Array(members)];
}

function grouped<Row extends { member_id: number }, T>(rows: readonly Row[], of: (row: Row) => T): Map<MemberId, T[]> {
  const groups = new Map<MemberId, T[]>();
  for (const row of rows) {
    const known = groups.get(row.member_id);
    if (known) known.push(of(row));
    else groups.set(row.member_id, [of(row)]);
  }
  return groups;
}

/** The planner's estimate where the table is large, else a count of open ones. */
const COUNT = `
select case when c.reltuples >= 200000 then c.reltuples::int8
       else (select count(*) from wallet where status = 'open') end as members
from pg_class c where c.oid = 'wallet'::regclass`;

export async function countMembers(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ members: number }>(COUNT);
  return rows[0]?.members ?? 0;
}
