import type { Pool } from "pg";
import { to as copyTo } from "pg-copy-streams";
import type { Bucket, MemberId, PartnerId } from "#kernel/ids.ts";
import { invariant } from "#kernel/invariant.ts";
import { type Day, firstDayOf, formatDay, lastDayOf, type Month, monthOf, parseDay } from "#kernel/time.ts";
import { createTally, type MovementTuple } from "../core/tally.ts";
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
    select case when cites_seq is null then ''
                when facts -> 'cited' is null then bucket || ' ' || member_id || ' ' || cites_seq
                else (facts -> 'cited' ->> 0) || ' ' || (facts -> 'cited' ->> 1) || ' ' || (facts -> 'cited' ->> 2) end, movements
    from operation where accounting_day = date '${formatDay(day)}') to stdout`;
}

/** Points given back, waiting to learn the month of the purchase they cite. */
type GivenBack = {
  readonly cited: string;
  readonly to: string;
  readonly funder: PartnerId;
  readonly redeemer: PartnerId;
  readonly cents: number;
};

async function replayDay(pool: Pool, day: Day, month: Month): Promise<DayTotal[]> {
  const tally = createTally();
  const given: GivenBack[] = [];
  await forEachLine(pool, copyDay(day), (bytes, start, end) => {
    const tab = bytes.indexOf(TAB, start);
    if (tab === start && tally.addText(bytes, tab + 1, end)) return;
    const movements = JSON.parse(unescaped(bytes.toString("utf8", tab + 1, end))) as MovementTuple[];
    const cited = bytes.toString("latin1", start, tab);
    tally.add(cited === "" ? movements : withoutGivenBack(cited, movements, given));
  });
  const months = await citedMonths(pool, [...new Set(given.map((each) => each.cited))]);
  const totals: DayTotal[] = tally.lines().map((line) => ({ ...line, accountingDay: day, originMonth: null }));
  for (const { cited, to, funder, redeemer, cents } of given) {
    const origin = months.get(cited);
    const originMonth = origin !== undefined && origin < month ? origin : null;
    totals.push({ accountingDay: day, fromAccount: "re", toAccount: to, funder, redeemer, originMonth, cents });
  }
  return totals;
}

/** Puts what leaves `re` aside; returns the rest. */
function withoutGivenBack(cited: string, movements: readonly MovementTuple[], given: GivenBack[]): MovementTuple[] {
  return movements.filter(([from, to, , , funder, redeemer, cents]) => {
    if (from === "re") given.push({ cited, to, funder, redeemer: redeemer ?? "", cents });
    return from !== "re";
  });
}

const TAB = 0x09;
const LINE_END = 0x0a;

/** Lines of COPY's text form, as bytes [start, end) of a buffer. */
async function forEachLine(
  pool: Pool,
  copy: string,
  onLine: (bytes: Buffer, start: number, end: number) => void,
): Promise<void> {
  const client = await pool.connect();
  let isWhole = false;
  try {
    let rest: Buffer = Buffer.alloc(0);
    for await (const chunk of client.query(copyTo(copy))) {
      const bytes = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
      let at = 0;
      for (let end = bytes.indexOf(LINE_END); end >= 0; end = bytes.indexOf(LINE_END, at)) {
        onLine(bytes, at, end);
        at = end + 1;
      }
      rest = bytes.subarray(at);
    }
    invariant(rest.length === 0, "a copy ends with a line end");
    isWhole = true;
  } finally {
    // A connection in the middle of a COPY is of no use to anybody.
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
