import { type FileHandle, open } from "node:fs/promises";
import type { ClickHouseClient } from "#platform/clickhouse/client.ts";

/** A file of rows that were not taken, as CSV: the row's number, the reason, and the row as it came. */
export type RefusedRows = {
  add(rows: readonly number[], reason: string): void;
  /** Writes what was added; gives the file's length, to be saved with the position. */
  flush(): Promise<number>;
  close(): Promise<void>;
};

/** Opens the file at the length that the saved position knows; what an interrupted run wrote beyond it is cut off. */
export async function openRefusedRows(
  path: string,
  clickhouse: ClickHouseClient,
  stagedTable: string,
  columns: readonly string[],
  knownBytes: number,
): Promise<RefusedRows> {
  const file = await open(path, knownBytes === 0 ? "w" : "r+");
  await file.truncate(knownBytes);
  let length = knownBytes;
  const added = new Map<number, string>();
  const write = async (text: string): Promise<void> => {
    length += (await file.write(text, length)).bytesWritten;
  };
  if (knownBytes === 0) await write(csvLine(["row", "reason", ...columns]));
  return {
    add: (rows, reason) => {
      for (const row of rows) added.set(row, reason);
    },
    flush: async () => {
      const numbers = [...added.keys()].sort((a, b) => a - b);
      for (let start = 0; start < numbers.length; start += 10_000) {
        const page = await readRows(clickhouse, stagedTable, columns, numbers.slice(start, start + 10_000));
        await write(
          page.map(([row = null, ...values]) => csvLine([row, added.get(Number(row)) ?? "", ...values])).join(""),
        );
      }
      added.clear();
      await file.sync();
      return length;
    },
    close: () => closeFile(file),
  };
}

async function closeFile(file: FileHandle): Promise<void> {
  await file.close();
}

async function readRows(
  clickhouse: ClickHouseClient,
  table: string,
  columns: readonly string[],
  rows: readonly number[],
): Promise<(string | null)[][]> {
  const quoted = columns.map((name) => `\`${name.replace(/[`\\]/g, "\\$&")}\``);
  const result = await clickhouse.query({
    query: `select _row, ${quoted.join(", ")} from \`${table}\` where _row in {rows:Array(UInt64)} order by _row`,
    query_params: { rows },
    format: "JSONCompactEachRow",
  });
  return result.json<(string | null)[]>();
}

function csvLine(values: readonly (string | null)[]): string {
  const cells = values.map((value) =>
    value === null ? "" : /[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value,
  );
  return `${cells.join(",")}\n`;
}
