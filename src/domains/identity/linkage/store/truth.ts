import { Readable } from "node:stream";
import type { ClickHouseClient } from "@clickhouse/client";
import { hash53 } from "./records.ts";

/**
 * Counts the compared pairs that truly are one person, which measures what blocking lost. `truth` names the person of each
 * record; it is looked at here only, after everything has been estimated without it.
 */
export async function countTruePairs(
  client: ClickHouseClient,
  tables: { readonly pairs: string; readonly truth: string },
  truth: readonly (string | undefined)[],
): Promise<number> {
  await client.command({
    query: `CREATE TABLE ${tables.truth} (id UInt32, person UInt64) ENGINE = MergeTree ORDER BY id`,
  });
  const lines = truth.flatMap((person, id) => (person === undefined ? [] : [`${id}\t${hash53(person)}\n`]));
  if (lines.length === 0) return 0;
  await client.insert({
    table: tables.truth,
    format: "TabSeparated",
    values: Readable.from([Buffer.from(lines.join(""))], { objectMode: false }),
  });
  const from = `${tables.pairs} AS p INNER JOIN ${tables.truth} AS l ON l.id = p.l_id INNER JOIN ${tables.truth} AS r ON r.id = p.r_id`;
  const result = await client.query({
    query: `SELECT toFloat64(count()) AS pairs FROM ${from} WHERE l.person = r.person`,
    format: "JSONEachRow",
  });
  const [found] = await result.json<{ pairs: number }>();
  return found?.pairs ?? 0;
}
