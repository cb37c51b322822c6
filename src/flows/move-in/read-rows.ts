import { openTable, TableFileError, type TableRow } from "#platform/tables/read-table.ts";
import type { Row } from "./core/member-rows.ts";

/** Rows of a file by column name. Columns that are not known are refused: a misspelt one would be lost in silence. */
export async function openRows(
  file: string,
  known: readonly string[],
  required: readonly string[],
): Promise<AsyncIterable<{ readonly number: number; readonly row: Row }>> {
  const table = await openTable(file);
  const strange = table.columns.find((column) => !known.includes(column));
  if (strange !== undefined) {
    throw new TableFileError(`${file} has a column "${strange}"; known are ${known.join(", ")}.`);
  }
  const missing = required.find((column) => !table.columns.includes(column));
  if (missing !== undefined) throw new TableFileError(`${file} lacks the column "${missing}".`);
  return named(table.columns, table.rows);
}

async function* named(columns: readonly string[], rows: AsyncIterable<TableRow>) {
  for await (const { number, values } of rows) {
    yield { number, row: Object.fromEntries(columns.map((column, index) => [column, values[index] ?? null])) as Row };
  }
}
