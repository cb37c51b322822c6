/** A feed in a process of its own, to be killed by a test: feed-process.ts POSTGRES_URL CLICKHOUSE_URL */
import { createClickhouse } from "#platform/clickhouse/client.ts";
import { createPool } from "#platform/postgres/pool.ts";
import { runFeed } from "../run-feed.ts";

const [pgUrl = "", clickhouseUrl = ""] = process.argv.slice(2);
const pool = createPool({ url: pgUrl, applicationName: "killed feed", max: 2 });
const warehouse = createClickhouse({ url: clickhouseUrl, application: "killed-feed", requestTimeoutMs: 20_000 });
const limits = { intervalMs: 20, maxPauseMs: 100, maxRows: 200 };
await runFeed(
  { pool, nodes: [{ node: 0, pool }], warehouse, clock: { now: () => Date.now() }, limits },
  new AbortController().signal,
);
