import type { ClientBase } from "pg";
import { to as copyTo } from "pg-copy-streams";

/**
 * Streams a query's rows as text columns by COPY: no row objects, no type parsing, so a whole table can be read at the
 * speed of the disk. `null` is a null column. COPY takes no parameters: only numbers of our own go into `query`.
 */
export async function copyRows(
  client: ClientBase,
  query: string,
  onRow: (columns: (string | null)[]) => void,
): Promise<void> {
  const stream = client.query(copyTo(`copy (${query}) to stdout`));
  let rest = "";
  stream.setEncoding("utf8");
  for await (const chunk of stream as AsyncIterable<string>) {
    const text = rest + chunk;
    let start = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
      onRow(columnsOf(text.slice(start, end)));
      start = end + 1;
    }
    rest = text.slice(start);
  }
}

function columnsOf(line: string): (string | null)[] {
  const columns: (string | null)[] = line.split("\t");
  if (!line.includes("\\")) return columns;
  return columns.map((column) => (column === "\\N" ? null : unescapeText(column as string)));
}

const ESCAPES: Record<string, string> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

function unescapeText(column: string): string {
  return column.replace(/\\(.)/g, (_, letter: string) => ESCAPES[letter] ?? letter);
}
