import { invariant } from "#kernel/invariant.ts";
import { type Day, firstDayOf, formatDay, lastDayOf, type Month, monthOf, parseDay } from "#kernel/time.ts";
import { type ClickHouseClient, queryRows } from "#platform/clickhouse/client.ts";
import type { DayTotal } from "../core/totals.ts";

/**
 * Returns of a merged member's receipts cite a purchase in another stream, by [bucket, member, seq] in their facts. A few per
 * cent of a month's operations are returns; of the others only the column `kind` is read.
 */
export const CITED_ELSEWHERE = `elsewhere as (
    select bucket, member_id, seq, JSONExtract(facts, 'cited', 'Tuple(UInt16, UInt64, UInt32)') as ref
    from operation
    prewhere kind = 'return' and accounting_day between first_day and last_day
    where position(facts, '"cited"') > 0
  )`;

/**
 * One month's partition of `movement`, summed. Points given back look up the month of the purchase that they cite, in the
 * lines' own order (settlement_movement); a few per cent of operations are returns.
 */
const DAY_TOTALS = `
with {first:Date} as first_day, {last:Date} as last_day,
  ${CITED_ELSEWHERE},
  given as (
    select m.accounting_day as accounting_day, m.from_account as from_account, m.to_account as to_account,
      m.funder as funder, m.redeemer as redeemer, m.cents as cents,
      if(e.ref.3 > 0, e.ref, (m.bucket, m.member_id, m.cites_seq)) as ref
    from movement as m
    left join elsewhere as e on e.bucket = m.bucket and e.member_id = m.member_id and e.seq = m.seq
    where m.accounting_day between first_day and last_day and m.from_account = 're'
  ),
  cited as (
    select (bucket, member_id, seq) as ref, any(accounting_day) as cited_day
    from settlement_movement
    where account = 're' and cents > 0 and accounting_day < first_day and (bucket, member_id, seq) in (select ref from given)
    group by ref
  )
select accounting_day, from_account, to_account, funder, redeemer, toDate(0) as origin, sum(cents) as sum_cents
from movement
where accounting_day between first_day and last_day and from_account != 're'
group by accounting_day, from_account, to_account, funder, redeemer
union all
select m.accounting_day as accounting_day, m.from_account as from_account, m.to_account as to_account, m.funder as funder,
  m.redeemer as redeemer, toStartOfMonth(c.cited_day) as origin, sum(m.cents) as sum_cents
from given as m
left join cited as c on c.ref = m.ref
group by accounting_day, from_account, to_account, funder, redeemer, origin`;

type Row = {
  accounting_day: string;
  from_account: string;
  to_account: string;
  funder: string;
  redeemer: string;
  origin: string;
  sum_cents: string;
};

/** The month's sums as the warehouse has them. */
export async function warehouseTotals(warehouse: ClickHouseClient, month: Month): Promise<DayTotal[]> {
  const rows = await queryRows<Row>(warehouse, DAY_TOTALS, rangeOf(month));
  return rows.map((row) => ({
    accountingDay: dayOf(row.accounting_day),
    fromAccount: row.from_account,
    toAccount: row.to_account,
    funder: row.funder,
    redeemer: row.redeemer,
    originMonth: row.origin === "1970-01-01" ? null : monthOf(dayOf(row.origin)),
    cents: Number(row.sum_cents),
  }));
}

/** Months between two settlements that are not closed yet, for a preview: what they add to the balances. */
const SUMS_BETWEEN = `
select from_account, to_account, funder, sum(cents) as sum_cents
from movement where accounting_day >= {from:Date} and accounting_day < {before:Date}
group by from_account, to_account, funder`;

export async function warehouseSumsBetween(
  warehouse: ClickHouseClient,
  from: Day,
  before: Day,
): Promise<Omit<DayTotal, "accountingDay">[]> {
  const parameters = { from: formatDay(from), before: formatDay(before) };
  const rows = await queryRows<Row>(warehouse, SUMS_BETWEEN, parameters);
  return rows.map((row) => ({
    fromAccount: row.from_account,
    toAccount: row.to_account,
    funder: row.funder,
    redeemer: "",
    originMonth: null,
    cents: Number(row.sum_cents),
  }));
}

export function rangeOf(month: Month): { first: string; last: string } {
  return { first: formatDay(firstDayOf(month)), last: formatDay(lastDayOf(month)) };
}

function dayOf(text: string): Day {
  const day = parseDay(text);
  invariant(day !== undefined, `${text} is no day`);
  return day;
}
