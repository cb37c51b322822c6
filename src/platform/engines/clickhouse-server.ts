/**
 * The analytics process: the embedded ClickHouse (chdb) behind ClickHouse's HTTP protocol on loopback. Started by
 * embedded-clickhouse.ts; ends on SIGTERM, and when the process that started it has died.
 */
import { mkdirSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { setPriority } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { watchParent } from "#platform/process/child.ts";
import { waitForLock } from "#platform/process/lock.ts";
import { createConnectionPool } from "./clickhouse/connections.ts";
import { createHandler } from "./clickhouse/handler.ts";
import { writeServerConfig } from "./clickhouse/server-config.ts";

const { values } = parseArgs({
  options: {
    data: { type: "string" },
    port: { type: "string" },
    "memory-mb": { type: "string" },
    "no-fsync": { type: "boolean", default: false },
  },
});
if (values.data === undefined || values.port === undefined)
  throw new Error("usage: clickhouse-server --data DIR --port N");

const POOL_SIZE = 10;
const MAX_WAITING = 256;
const STOP_WITHIN_MS = 15_000;

/** Tills wait for PostgreSQL and the API, nobody for a merge: with it p99 of a receipt fell by a tenth (docs/performance.md). */
const NICENESS = 10;
// Threads that begin later take it over.
setPriority(NICENESS);

// The engine does not refuse a folder that another process has: an earlier one that is still ending is waited for.
const lock = await waitForLock(join(values.data, "lock"), 60_000);

const memoryMb = Number(values["memory-mb"] ?? 1024);
const spoolFolder = join(values.data, "incoming");
rmSync(spoolFolder, { recursive: true, force: true });
mkdirSync(spoolFolder, { recursive: true, mode: 0o700 });

const pool = createConnectionPool({
  dataFolder: join(values.data, "store"),
  size: POOL_SIZE,
  maxWaiting: MAX_WAITING,
  connectionArgs: [`--config-file=${writeServerConfig(values.data, { memoryMb, fsync: !values["no-fsync"] })}`],
  baseSettings: {
    max_memory_usage: String(Math.floor(memoryMb * 0.7) * 1024 * 1024),
    max_bytes_before_external_group_by: String(Math.floor(memoryMb * 0.3) * 1024 * 1024),
    max_bytes_before_external_sort: String(Math.floor(memoryMb * 0.3) * 1024 * 1024),
    // Numbers beyond 2^53 and decimals must reach JavaScript unharmed.
    output_format_json_quote_64bit_integers: "1",
    output_format_json_quote_decimals: "1",
    // A repeated batch is dropped in the tables behind materialized views too.
    deduplicate_blocks_in_dependent_materialized_views: "1",
    implicit_select: "0",
  },
});
const version = await pool.use(
  { database: "default", settings: new Map(), parameters: new Map() },
  async ({ session }) => (await session.queryAsync("select version()", { format: "TSV" })).text().trim(),
);

const server = createServer(
  { keepAliveTimeout: 30_000, requestTimeout: 0, headersTimeout: 30_000, maxHeaderSize: 256 * 1024 },
  createHandler({ pool, password: process.env.DOLKA_CLICKHOUSE_PASSWORD ?? "", version, spoolFolder }),
);
server.listen(Number(values.port), "127.0.0.1");

let isStopping = false;
function stop(): void {
  if (isStopping) return;
  isStopping = true;
  setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
  server.close();
  server.closeIdleConnections();
  void pool.close().then(() => {
    lock.release();
    process.exit(0);
  });
}
process.on("SIGTERM", stop);
process.on("SIGINT", stop);
watchParent(stop);
