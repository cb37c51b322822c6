import { createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { firstDayOf, formatDay, lastDayOf, parseMonth } from "#kernel/time.ts";
import { defineCommand, failure } from "../command.ts";
import { formatCount } from "../format.ts";

const FORMATS = { ndjson: "JSONEachRow", csv: "CSVWithNames", parquet: "Parquet" } as const;

export const exportOperationsCommand = defineCommand({
  name: "export operations",
  summary: "Write operations with their movements from the warehouse as NDJSON, CSV or Parquet",
  usage: "export operations [--month MONTH] [--format ndjson|csv|parquet] [--to FILE]",
  example: "dolka export operations --month 2026-09 --format parquet",
  options: {
    month: { type: "string", placeholder: "MONTH", description: "booked in that month (default: all)" },
    format: { type: "string", default: "ndjson", placeholder: "FORMAT", description: "ndjson, csv or parquet" },
    to: { type: "string", placeholder: "FILE", description: "operations[-MONTH].FORMAT unless given" },
  },
  async run(context, { positionals, values }) {
    if (positionals.length > 0) throw failure.badUsage("This command takes options only.");
    const format = Object.entries(FORMATS).find(([name]) => name === values.format);
    if (!format) throw failure.badUsage("--format takes ndjson, csv or parquet.");
    const month = values.month === undefined ? undefined : parseMonth(values.month);
    if (values.month !== undefined && month === undefined) throw failure.badUsage("--month takes a month: 2026-09.");
    const file = values.to ?? `operations${values.month ? `-${values.month}` : ""}.${format[0]}`;
    const home = await context.openHome();
    try {
      const { stream } = await home.clickhouse.exec({
        query: `${OPERATIONS} format ${format[1]}`,
        query_params: {
          first: month === undefined ? "1970-01-01" : formatDay(firstDayOf(month)),
          last: month === undefined ? "2149-06-06" : formatDay(lastDayOf(month)),
        },
      });
      await pipeline(stream, createWriteStream(file), { signal: context.signal });
      const { size } = await stat(file);
      context.result({ file, bytes: size }, `Wrote ${file} (${formatCount(size)} bytes)`);
    } finally {
      await home.close();
    }
  },
});

/** Digits of ids, as in kernel/ids.ts: Crockford's base 32 of fixed width. */
const idOf = (column: string, width: number) =>
  `arrayStringConcat(arrayMap(i -> substring('0123456789abcdefghjkmnpqrstvwxyz',
    toUInt8(bitAnd(bitShiftRight(toUInt64(${column}), 5 * (${width} - 1 - i)), 31)) + 1, 1), range(${width})))`;

/** Partitions of the months asked for, in the order of the table. */
const OPERATIONS = `
select concat('op_', ${idOf("member_id", 11)}, ${idOf("seq", 6)}) as operation,
  concat('mem_', ${idOf("member_id", 11)}) as member, kind, partner, occurred_at, posted_at, business_day, accounting_day,
  programme_version, receipt_id as receipt, if(cites_seq = 0, '', concat('op_', ${idOf("member_id", 11)}, ${idOf("cites_seq", 6)})) as cites,
  movements, body
from operation
where accounting_day between {first:Date} and {last:Date}`;
