import { Readable } from "node:stream";
import type { ClickHouseClient } from "@clickhouse/client";
import { mix32 } from "#kernel/random.ts";
import type { Cell, ColumnType } from "../fields/types.ts";
import { columnName, type Layout } from "./layout.ts";

/** Rows sent in one insert: about 10 MB. */
const ROWS_PER_INSERT = 40_000;

const TYPES: Readonly<Record<ColumnType, string>> = {
  bytes: "String",
  text: "String",
  float: "Float32",
  int: "Int32",
  words: "Array(UInt64)",
};

/**
 * Creates the record table of one run: a row per record, ordered by its number. Texts compared byte by byte are kept in
 * CP1251 where they fit in it, one byte a letter; a value in another alphabet stays UTF-8.
 */
export async function createRecords(client: ClickHouseClient, table: string, layout: Layout): Promise<void> {
  const columns = layout.plans.flatMap((plan, index) =>
    plan.columns.flatMap(({ name, type }) => {
      const column = columnName(index, name);
      if (type !== "bytes" || !layout.cyrillic) return [`${column} ${TYPES[type]}`];
      return [`${column}_utf8 String EPHEMERAL`, `${column} String DEFAULT ${inOneByte(`${column}_utf8`)}`];
    }),
  );
  const keys = layout.atoms.map(({ many }, index) => `k${index} ${many ? "Array(UInt32)" : "UInt32"}`);
  const all = ["id UInt32", "second UInt8", ...columns, ...keys];
  await client.command({
    query: `CREATE TABLE ${table} (${all.join(", ")}) ENGINE = MergeTree ORDER BY id SETTINGS index_granularity = 512`,
  });
}

function inOneByte(column: string): string {
  const coded = `convertCharset(${column}, 'UTF-8', 'windows-1251')`;
  return `if(isValidASCII(${column}), ${column}, if(convertCharset(${coded}, 'windows-1251', 'UTF-8') = ${column}, ${coded}, ${column}))`;
}

/** Sends all rows, in inserts of some thousand. */
export async function loadRecords(
  client: ClickHouseClient,
  table: string,
  { layout, rows, secondFrom }: { readonly layout: Layout; readonly rows: number; readonly secondFrom: number },
): Promise<void> {
  const fields = layout.plans.flatMap((plan, index) =>
    plan.columns.map(
      ({ name, type }) => columnName(index, name) + (type === "bytes" && layout.cyrillic ? "_utf8" : ""),
    ),
  );
  const columns: [string, ...string[]] = ["id", "second", ...fields, ...layout.atoms.map((_, index) => `k${index}`)];
  let before: Promise<unknown> = Promise.resolve();
  for (let from = 0; from < rows; from += ROWS_PER_INSERT) {
    const to = Math.min(rows, from + ROWS_PER_INSERT);
    const insert = client.insert({
      table,
      columns,
      format: "TabSeparated",
      values: Readable.from(lines(layout, from, to, secondFrom), { objectMode: false }),
    });
    insert.catch(() => {}); // it is met at the next await
    await before; // the engine stores one insert while the next is written
    before = insert;
  }
  await before;
}

/** At once: the engine would keep the files of a dropped table for some minutes, and there are names in them. */
export async function dropTables(client: ClickHouseClient, tables: readonly string[]): Promise<void> {
  for (const table of tables) await client.command({ query: `DROP TABLE IF EXISTS ${table} SYNC` });
}

function* lines(layout: Layout, from: number, to: number, secondFrom: number): Generator<Buffer> {
  let text = "";
  for (let row = from; row < to; row++) {
    text += `${row}\t${row >= secondFrom ? 1 : 0}`;
    for (const plan of layout.plans) for (const cell of plan.cells(row)) text += `\t${encodeCell(cell)}`;
    let atom = 0;
    for (const plan of layout.plans) {
      for (const key of plan.keys(row)) if (atom++ < layout.atoms.length) text += `\t${encodeKey(key)}`;
    }
    text += "\n";
    if (text.length > 250_000) {
      yield Buffer.from(text);
      text = "";
    }
  }
  if (text !== "") yield Buffer.from(text);
}

function encodeCell(cell: Cell): string {
  if (typeof cell === "number") return String(cell);
  return typeof cell === "string" ? escapeText(cell) : `[${cell.join(",")}]`;
}

function escapeText(text: string): string {
  return /[\\\t\n\r\0]/.test(text)
    ? text
        .replaceAll("\\", "\\\\")
        .replaceAll("\t", "\\t")
        .replaceAll("\n", "\\n")
        .replaceAll("\r", "\\r")
        .replaceAll("\0", "")
    : text;
}

function encodeKey(key: string | readonly string[]): string {
  return typeof key === "string" ? String(keyHash(key)) : `[${key.map(keyHash).join(",")}]`;
}

/**
 * A key's text as a number of 31 bits, which turns into text many times faster than a longer one; 0 for none. Two keys that
 * meet by chance only bring a few more pairs together: of a million records some 200 per atom.
 */
function keyHash(key: string): number {
  if (key === "") return 0;
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return (mix32(hash) >>> 1) | 1;
}

/**
 * 53 bits of a text, never 0: two multiplicative hashes in one pass, finalised as MurmurHash3 does (cyrb53, public domain).
 * Among a million texts two share a hash with a chance of one in ten thousand.
 */
export function hash53(text: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    high = Math.imul(high ^ code, 2_654_435_761);
    low = Math.imul(low ^ code, 1_597_334_677);
  }
  return 2_097_152 * (mix32(low ^ (high >>> 13)) >>> 0) + (mix32(high) >>> 11) + 1;
}
