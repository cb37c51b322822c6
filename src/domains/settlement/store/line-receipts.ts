import { type MemberId, operationIds, type PartnerId } from "#kernel/ids.ts";
import type { PointsCents } from "#kernel/money.ts";
import { firstDayOf, formatDay, type Month } from "#kernel/time.ts";
import { type ClickHouseClient, queryRows } from "#platform/clickhouse/client.ts";
import type { LineKind } from "../core/line.ts";
import { CITED_ELSEWHERE, rangeOf } from "./warehouse-totals.ts";

/** What a line is about; enough to find its movements. */
export type LineKey = {
  readonly month: Month;
  readonly kind: LineKind;
  readonly funder: PartnerId;
  readonly redeemer: PartnerId;
  /** The month that a credit corrects. */
  readonly citesMonth?: Month;
};

/** An operation's part of a line. Its cents over all pages sum to the line's. */
export type LineReceipt = {
  readonly operation: string;
  /** Where the points were spent or given back on a receipt. */
  readonly receipt?: string;
  readonly kind: string;
  /** Partner of the operation: the redeemer, but for points that paid back arrears. */
  readonly partner: PartnerId;
  readonly occurredAt: string;
  readonly businessDay: string;
  readonly accountingDay: string;
  readonly cents: PointsCents;
  /** The operation whose points were given back. */
  readonly cites?: string;
};

export type LineCursor = readonly [bucket: number, member: MemberId, seq: number];

export type LinePage = { readonly items: readonly LineReceipt[]; readonly next?: LineCursor };

/**
 * One range of settlement_movement, whose order is (account, funder, redeemer, bucket, member, operation): a page reads on from its cursor.
 * Points given back belong to a credit when the purchase they cite was booked in an earlier month; the same range of
 * earlier months says so.
 */
const PAGE = `
with {first:Date} as first_day, {last:Date} as last_day,
  ${CITED_ELSEWHERE},
  line as (
    select m.*, if(m.cents >= 0, (0, 0, 0), if(e.ref.3 > 0, e.ref, (m.bucket, m.member_id, m.cites_seq))) as ref
    from settlement_movement as m
    left join elsewhere as e on m.cents < 0 and e.bucket = m.bucket and e.member_id = m.member_id and e.seq = m.seq
    where m.account = 're' and m.funder = {funder:String} and m.redeemer = {redeemer:String}
      and m.accounting_day between first_day and last_day
  ),
  cited as (
    select (bucket, member_id, seq) as ref, any(accounting_day) as cited_day
    from settlement_movement
    where account = 're' and funder = {funder:String} and redeemer = {redeemer:String} and cents > 0
      and accounting_day < first_day and (bucket, member_id, seq) in (select ref from line where cents < 0)
    group by ref
  )
select m.bucket as bucket, m.member_id as member_id, m.seq as seq, any(m.kind) as kind, any(m.partner) as partner,
  any(m.occurred_at) as occurred_at, any(m.business_day) as business_day, any(m.accounting_day) as accounting_day,
  any(m.receipt_id) as receipt_id, max(m.ref.2) as cites_member, max(m.ref.3) as cites_seq, sum(m.cents) as sum_cents
from line as m
left join cited as c on c.ref = m.ref
where (m.bucket, m.member_id, m.seq) > ({bucket:UInt16}, {member:UInt64}, {seq:UInt32})
  and toStartOfMonth(c.cited_day) = {origin:Date}
group by bucket, member_id, seq
order by bucket, member_id, seq
limit {limit:UInt32}`;

type Row = {
  bucket: number;
  member_id: string;
  seq: number;
  kind: string;
  partner: string;
  occurred_at: string;
  business_day: string;
  accounting_day: string;
  receipt_id: string;
  cites_member: string;
  cites_seq: number;
  sum_cents: string;
};

const BEFORE_ALL: LineCursor = [0, 0, 0];
const NO_DAY = "1970-01-01";

/** The operations behind a line, a page at a time, in an order that stays. */
export async function lineReceipts(
  warehouse: ClickHouseClient,
  line: LineKey,
  cursor: LineCursor | undefined,
  limit: number,
): Promise<LinePage> {
  const [bucket, member, seq] = cursor ?? BEFORE_ALL;
  const rows = await queryRows<Row>(warehouse, PAGE, {
    ...rangeOf(line.month),
    funder: line.funder,
    redeemer: line.redeemer,
    origin: line.citesMonth === undefined ? NO_DAY : formatDay(firstDayOf(line.citesMonth)),
    bucket,
    member,
    seq,
    limit: limit + 1,
  });
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return {
    items: shown.map(toDomain),
    ...(last === undefined ? {} : { next: [last.bucket, Number(last.member_id), last.seq] as const }),
  };
}

function toDomain(row: Row): LineReceipt {
  const member = Number(row.member_id);
  const isGivenBack = Number(row.sum_cents) < 0 && row.cites_seq > 0;
  return {
    operation: operationIds.format({ member, seq: row.seq }),
    ...(row.receipt_id === "" ? {} : { receipt: row.receipt_id }),
    kind: row.kind,
    partner: row.partner,
    occurredAt: row.occurred_at,
    businessDay: row.business_day,
    accountingDay: row.accounting_day,
    cents: Number(row.sum_cents),
    ...(isGivenBack ? { cites: operationIds.format({ member: Number(row.cites_member), seq: row.cites_seq }) } : {}),
  };
}
