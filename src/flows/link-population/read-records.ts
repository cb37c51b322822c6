import type { LinkInput } from "#domains/identity/linkage/index.ts";
import type { TableFile } from "#platform/tables/read-table.ts";
import type { LinkSettings } from "./read-link-file.ts";

/** The records of one or two files, with what is needed beside the compared values. */
export type Population = {
  readonly input: LinkInput;
  /** Name of each record: its id column, else its row number; with two files row numbers say which file. */
  readonly ids: readonly string[];
  /** The person a record truly belongs to; undefined where it isn't known. Absent without a truth column. */
  readonly truth?: readonly (string | undefined)[];
};

export type TruthColumn = { readonly left: string; readonly right: string; readonly pattern?: RegExp };

/** Reads the tables into columns of texts, the second file's rows after the first's. */
export async function readRecords(
  tables: readonly TableFile[],
  settings: LinkSettings,
  truth: TruthColumn | undefined,
): Promise<Population> {
  const { fields } = settings.config;
  const values: string[][] = fields.map(() => []);
  const ids: string[] = [];
  const labels: (string | undefined)[] = [];
  let secondFrom: number | undefined;
  for (const [side, table] of tables.entries()) {
    if (side === 1) secondFrom = ids.length;
    const at = (column: string) => table.columns.indexOf(column);
    const sources = fields.map(({ columns, rightColumns }) =>
      (side === 1 && rightColumns ? rightColumns : columns).map(at),
    );
    const idAt = settings.id === undefined ? -1 : at(settings.id);
    const truthAt = truth === undefined ? -1 : at(side === 1 ? truth.right : truth.left);
    for await (const { number, values: row } of table.rows) {
      for (const [index, source] of sources.entries()) (values[index] as string[]).push(join(row, source));
      ids.push(row[idAt] ?? (tables.length === 2 ? `${side + 1}:${number}` : String(number)));
      if (truth) labels.push(label(row[truthAt], truth.pattern));
    }
  }
  const input: LinkInput = { rows: ids.length, values, ...(secondFrom === undefined ? {} : { secondFrom }) };
  return { input, ids, ...(truth === undefined ? {} : { truth: labels }) };
}

function join(row: readonly (string | null)[], columns: readonly number[]): string {
  if (columns.length === 1) return row[columns[0] as number] ?? "";
  return columns
    .map((column) => row[column] ?? "")
    .filter((value) => value !== "")
    .join(" ");
}

function label(value: string | null | undefined, pattern: RegExp | undefined): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (!pattern) return value;
  const match = pattern.exec(value);
  return match ? (match[1] ?? match[0]) : undefined;
}
