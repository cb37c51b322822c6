import type { EpochMs } from "#kernel/time.ts";
import type { ClickHouseClient } from "#platform/clickhouse/client.ts";
import { queryRows } from "#platform/clickhouse/client.ts";

export type BucketRange = { readonly from: number; readonly to: number; readonly receipts: number };

/** So many receipts are read at a time: about 30 MB. */
const AT_ONCE = 60_000;

const COUNT = `
select bucket, countIf(occurred_at >= fromUnixTimestamp64Milli({from:Int64})) as receipts, count() as operations
from operation where kind = 'purchase' and occurred_at < fromUnixTimestamp64Milli({until:Int64})
group by bucket order by bucket`;

/** Ranges of buckets that hold about as much each. Reads three columns of the operations. */
export async function bucketRanges(
  clickhouse: ClickHouseClient,
  fromAt: EpochMs,
  untilAt: EpochMs,
  atOnce = AT_ONCE,
): Promise<BucketRange[]> {
  const rows = await queryRows<{ bucket: number; receipts: string; operations: string }>(clickhouse, COUNT, {
    from: fromAt,
    until: untilAt,
  });
  const ranges: BucketRange[] = [];
  let weight = 0;
  for (const row of rows) {
    const last = ranges.at(-1);
    const receipts = Number(row.receipts);
    if (last === undefined || weight >= atOnce) {
      ranges.push({ from: row.bucket, to: row.bucket, receipts });
      weight = 0;
    } else ranges[ranges.length - 1] = { ...last, to: row.bucket, receipts: last.receipts + receipts };
    weight += Number(row.operations);
  }
  return ranges.filter(({ receipts }) => receipts > 0);
}

/**
 * The streams of the members of some buckets up to the end of the window, in the order in which they were booked: along
 * the table's order. What is no purchase is read beyond it too: it tells which traits came later, and what was returned.
 * A body is read of the window's purchases only; of what came before, what it left behind.
 */
const READ = `
with
  multiIf(kind != 'purchase', 2, occurred_at >= fromUnixTimestamp64Milli({from:Int64}), 0, 1) as what,
  JSONExtract(if(what = 0, body, ''), 'Tuple(
    receipt Tuple(store String, channel String, lines Array(Tuple(category String, amount Int64)), deliveryFee Int64,
      tenders Array(Tuple(kind String, amount Int64, bank String))),
    rules Array(Tuple(rule String, pointsCents Int64, cappedBy String)),
    earned Array(Tuple(funders Array(String), amountCents Array(Int64))),
    spent Tuple(cents Int64),
    wallet Tuple(activeCents Int64),
    stopped String)') as b,
  JSONExtract(if(what = 1 and {history:UInt8} = 1, body, ''),
    'Tuple(turnover Int64, receipt Tuple(deliveryFee Int64), earned Array(Tuple(amountCents Array(Int64))))') as h
select bucket, member_id, seq, toUInt8(what), toUnixTimestamp64Milli(occurred_at), toUnixTimestamp64Milli(posted_at),
  programme_version, toString(partner), cites_seq, b, h.turnover - h.receipt.deliveryFee, arraySum(p -> arraySum(p.amountCents), h.earned),
  multiIf(what = 2, facts, what = 0 or position(facts, '"caps"') = 0, '',
    concat('{"caps":', JSONExtractRaw(facts, 'caps'), '}'))
from operation
where bucket between {low:UInt16} and {high:UInt16} 
  and (kind = 'purchase' and occurred_at < fromUnixTimestamp64Milli({until:Int64}) or kind != 'purchase' and multiSearchAny(facts, ['"traits"', '"caps"', '"state"', '"returned"']))
order by bucket, member_id, seq
format RowBinary`;

/** `withHistory`: also what members bought and earned before the window, for levels. */
export async function readOperations(
  clickhouse: ClickHouseClient,
  range: BucketRange,
  window: { readonly fromAt: EpochMs; readonly untilAt: EpochMs; readonly withHistory: boolean },
  signal: AbortSignal,
): Promise<Buffer> {
  const { stream } = await clickhouse.exec({
    query: READ,
    query_params: {
      ...{ low: range.from, high: range.to, from: window.fromAt, until: window.untilAt },
      history: window.withHistory ? 1 : 0,
    },
    clickhouse_settings: { max_threads: 1 },
    abort_signal: signal,
  });
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
