import { Readable } from "node:stream";
import type { ClickHouseClient } from "#platform/clickhouse/client.ts";
import type { TableFile } from "#platform/tables/read-table.ts";

/** A file of any size is staged where it can be joined and sorted on disk; every value as text, with its row's number. */
export async function stageTable(
  clickhouse: ClickHouseClient,
  table: string,
  file: TableFile,
  onRow: (number: number) => void,
): Promise<void> {
  await clickhouse.command({ query: `drop table if exists ${quote(table)} sync` });
  const columns = file.columns.map((name) => `${quote(name)} Nullable(String)`);
  await clickhouse.command({
    query: `create table ${quote(table)} (_row UInt64, ${columns.join(", ")}) engine = MergeTree order by _row`,
  });
  const rows = async function* () {
    for await (const { number, values } of file.rows) {
      onRow(number);
      yield [number, ...values];
    }
  };
  await clickhouse.insert({
    table: quote(table),
    format: "JSONCompactEachRow",
    values: Readable.from(rows(), { objectMode: true }),
  });
}

export async function dropTable(clickhouse: ClickHouseClient, table: string): Promise<void> {
  await clickhouse.command({ query: `drop table if exists ${quote(table)} sync` });
}

function quote(name: string): string {
  return `\`${name.replace(/[`\\]/g, "\\$&")}\``;
}
