import { StringDecoder } from "node:string_decoder";
import type { Pool } from "pg";
import { to as copyTo } from "pg-copy-streams";
import type { Bucket, MemberId, PartnerId } from "#kernel/ids.ts";
import { invariant } from "#kernel/invariant.ts";
import { type Day, firstDayOf, formatDay, lastDayOf, type Month, monthOf, parseDay } from "#kernel/time.ts";
import type { DayTotal } from "../core/totals.ts";

/**
 * The control: the month replayed from PostgreSQL's own rows, by code that shares nothing with the warehouse. Streamed a
 * day at a time, so that ten million receipts take no more memory than ten. 2.5 µs an operation.
 */
export async function ledgerTotals(
  pool: Pool,
  month: Month,
  onDay: (done: number, days: number) => void = () => {},
): Promise<DayTotal[]> {
  const first = firstDayOf(month);
  const days = lastDayOf(month) - first + 1;
  const totals: DayTotal[] = [];
  for (let i = 0; i < days; i++) {
    totals.push(...(await replayDay(pool, first + i, month)));
    onDay(i + 1, days);
  }
  return totals;
}

/** The days of the month by operation_accounting_day (brin); in the order they lie on disk. COPY takes no parameters: a day is digits. */
function copyDay(day: Day): string {
  return `copy (
    select case when cites_seq is null then '' else bucket || ' ' || member_id || ' ' || cites_seq end, movements
    from operation where accounting_day = date '${formatDay(day)}') to stdout`;
}

type Movement = [
  from: string,
  to: string,
  seq: number,
  part: number,
  funder: PartnerId,
  redeemer: PartnerId | null,
  cents: number,
];

/** Points given back, waiting to learn the month of the purchase they cite. */
type GivenBack = {
  readonly cited: string;
  readonly to: string;
  readonly funder: PartnerId;
  readonly redeemer: PartnerId;
  readonly cents: number;
};

async function replayDay(pool: Pool, day: Day, month: Month): Promise<DayTotal[]> {
  const sums = new Map<string, DayTotal>();
  const given: GivenBack[] = [];
  const add = (total: DayTotal) => {
    const { fromAccount, toAccount, funder, redeemer, originMonth } = total;
    const key = `${fromAccount}|${toAccount}|${funder}|${redeemer}|${originMonth}`;
    const before = sums.get(key);
    sums.set(key, before ? { ...before, cents: before.cents + total.cents } : total);
  };
  const plain = new Map<string, number>();
  for await (const [cited, text] of copiedRows(pool, copyDay(day))) {
    for (const [from, to, , , funder, redeemer, cents] of JSON.parse(text) as Movement[]) {
      if (from === "re" && cited !== "") {
        given.push({ cited, to, funder, redeemer: redeemer ?? "", cents });
      } else {
        const key = `${from}|${to}|${funder}|${redeemer ?? ""}`;
        plain.set(key, (plain.get(key) ?? 0) + cents);
      }
    }
  }
  for (const [key, cents] of plain) {
    const [fromAccount = "", toAccount = "", funder = "", redeemer = ""] = key.split("|");
    add({ accountingDay: day, fromAccount, toAccount, funder, redeemer, originMonth: null, cents });
  }
  const months = await citedMonths(pool, [...new Set(given.map((each) => each.cited))]);
  for (const { cited, to, funder, redeemer, cents } of given) {
    const origin = months.get(cited);
    const originMonth = origin !== undefined && origin < month ? origin : null;
    add({ accountingDay: day, fromAccount: "re", toAccount: to, funder, redeemer, originMonth, cents });
  }
  return [...sums.values()];
}

/** Rows of two columns from COPY's text form. */
async function* copiedRows(pool: Pool, copy: string): AsyncGenerator<[string, string]> {
  const client = await pool.connect();
  let isWhole = false;
  try {
    const decoder = new StringDecoder("utf8");
    let rest = "";
    for await (const chunk of client.query(copyTo(copy))) {
      const text = rest + decoder.write(chunk as Buffer);
      let at = 0;
      for (let end = text.indexOf("\n", at); end >= 0; end = text.indexOf("\n", at)) {
        const tab = text.indexOf("\t", at);
        yield [text.slice(at, tab), unescaped(text.slice(tab + 1, end))];
        at = end + 1;
      }
      rest = text.slice(at);
    }
    invariant(rest === "", "a copy ends with a line end");
    isWhole = true;
  } finally {
    client.release(!isWhole);
  }
}

const ESCAPES: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

function unescaped(text: string): string {
  return text.includes("\\") ? text.replace(/\\(.)/g, (_, letter: string) => ESCAPES[letter] ?? letter) : text;
}

/** By primary key, a thousand at a time. */
const CITED_DAYS = `
select o.bucket, o.member_id, o.seq, o.accounting_day::text as day
from unnest($1::smallint[], $2::bigint[], $3::integer[]) as cited (bucket, member_id, seq)
join operation o on o.bucket = cited.bucket and o.member_id = cited.member_id and o.seq = cited.seq`;

const CITED_AT_ONCE = 1_000;

async function citedMonths(pool: Pool, cited: readonly string[]): Promise<Map<string, Month>> {
  const months = new Map<string, Month>();
  for (let at = 0; at < cited.length; at += CITED_AT_ONCE) {
    const refs = cited.slice(at, at + CITED_AT_ONCE).map((ref) => ref.split(" ").map(Number));
    const column = (i: number) => refs.map((ref) => ref[i] as number);
    const { rows } = await pool.query<{ bucket: Bucket; member_id: MemberId; seq: number; day: string }>(CITED_DAYS, [
      column(0),
      column(1),
      column(2),
    ]);
    for (const row of rows) {
      months.set(`${row.bucket} ${row.member_id} ${row.seq}`, monthOf(parseDay(row.day) as Day));
    }
  }
  return months;
}
