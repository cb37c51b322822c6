import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ClickHouseClient } from "@clickhouse/client";
import type { Pool } from "pg";
import { to as copyTo } from "pg-copy-streams";
import type { Copied } from "./copies.ts";
import type { FeedBatch } from "./position.ts";

/**
 * One block per insert (a block takes a million rows): the token stands for it, whatever the order of its rows. Each
 * table that a view fills drops the block it has, by itself, so a batch that died anywhere is completed by sending it again.
 */
const INSERT_SETTINGS = {
  insert_deduplicate: 1,
  deduplicate_blocks_in_dependent_materialized_views: 1,
  async_insert: 0,
  input_format_parallel_parsing: 0,
  max_insert_threads: "1",
  /** Members' months are few, an import's may be many. */
  max_partitions_per_insert_block: "0",
  wait_end_of_query: 1,
} as const;

/** Moves one table's rows of a batch, byte by byte: nothing is parsed on the way. Returns the number of bytes. */
export async function sendRange(
  pool: Pool,
  warehouse: ClickHouseClient,
  copied: Copied,
  batch: FeedBatch,
  stream: string,
  signal: AbortSignal,
): Promise<number> {
  let bytes = 0;
  const counter = new Transform({
    highWaterMark: 1024 * 1024,
    transform: (chunk: Buffer, _encoding, done) => {
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    const rows = client.query(copyTo(copied.copy(batch.node, batch.fromXid, batch.toXid)));
    const insert = warehouse.insert({
      table: copied.table,
      columns: [...copied.columns] as [string, ...string[]],
      values: counter,
      format: "TabSeparated",
      abort_signal: signal,
      clickhouse_settings: { ...INSERT_SETTINGS, insert_deduplication_token: tokenOf(copied, batch, stream) },
    });
    // Whichever fails ends the other: a body that is cut short must not look like a whole one.
    await Promise.all([pipeline(rows, counter, { signal }), insert]);
    return bytes;
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    counter.destroy(failure);
    throw error;
  } finally {
    // A connection in the middle of a COPY is of no use to anybody.
    client.release(failure);
  }
}

/** The same for the same range, whoever sends it and however often. */
function tokenOf(copied: Copied, batch: FeedBatch, stream: string): string {
  return `${stream}:${batch.node}:${batch.fromXid}-${batch.toXid}:${copied.table}`;
}
