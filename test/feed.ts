import type { Pool } from "pg";
import { type FeedDeps, hasPassed, markNow, moveBatch } from "#flows/feed/index.ts";
import type { TestEngines } from "./engines.ts";

const HORIZON = "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as xid";
const NEXT_XID = "select pg_snapshot_xmax(pg_current_snapshot())::text::bigint as xid";

/**
 * Waits until every transaction that has begun by now has ended. Transaction ids are the server's, so what other test files do at the
 * same time holds the feed of this one back for a moment.
 */
export async function untilSeen(pool: Pool): Promise<void> {
  const xid = async (sql: string) => (await pool.query<{ xid: number }>(sql)).rows[0]?.xid ?? 0;
  const next = await xid(NEXT_XID);
  while ((await xid(HORIZON)) < next);
}

/** Moves everything that is committed by now to the warehouse. */
export async function feedAll(engines: Pick<TestEngines, "pool" | "clickhouse">, limit = 1_000): Promise<void> {
  const { pool, clickhouse } = engines;
  const node = { node: 0, pool };
  const deps: FeedDeps = { pool, nodes: [node], warehouse: clickhouse, clock: { now: () => Date.now() } };
  const mark = await markNow(deps);
  while (!(await hasPassed(deps, mark))) await moveBatch(deps, node, limit, new AbortController().signal);
}
