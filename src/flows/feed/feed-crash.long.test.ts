import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createRandom } from "#kernel/random.ts";
import { createClickhouse, queryRows } from "#platform/clickhouse/client.ts";
import { migrateClickhouse } from "#platform/clickhouse/migrate.ts";
import { type RunningClickhouse, startClickhouse } from "#platform/engines/embedded-clickhouse.ts";
import { testEngines, testLength } from "../../../test/engines.ts";
import { insertOperations, issued, spent } from "../../../test/hand-made-operations.ts";
import { hasPassed, markNow } from "./index.ts";

const ROUNDS = testLength() === "long" ? 40 : 8;
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const MONTHS = ["2025-12-05", "2026-01-05", "2026-02-05"];
const FEED_PROCESS = fileURLToPath(new URL("./testing/feed-process.ts", import.meta.url));

const { pool, pgUrl } = await testEngines();
const folder = mkdtempSync(join(tmpdir(), "dolka-feed-crash-"));
const random = createRandom(SEED);
let warehouse: RunningClickhouse = await startWarehouse();
let feed: ChildProcess | undefined;
after(async () => {
  feed?.kill("SIGKILL");
  await warehouse.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function startWarehouse(port = 0): Promise<RunningClickhouse> {
  return startClickhouse({
    dataFolder: join(folder, "clickhouse"),
    password: "crash",
    port,
    memoryMb: 512,
    logFile: join(folder, "clickhouse.log"),
  });
}

function startFeed(): ChildProcess {
  return spawn(process.execPath, [FEED_PROCESS, pgUrl, warehouse.url], { stdio: "inherit" });
}

test(`feed and warehouse are killed again and again (seed ${SEED}): every operation arrives once`, async () => {
  const clickhouse = createClickhouse({ url: warehouse.url, application: "tests" });
  await migrateClickhouse(clickhouse);
  const writing = new AbortController();
  const writer = write(writing.signal);
  feed = startFeed();
  for (let round = 0; round < ROUNDS; round++) {
    await sleep(50 + random.int(700));
    if (random.int(3) > 0) {
      feed.kill("SIGKILL");
      await once(feed, "exit");
      feed = startFeed();
    } else {
      process.kill(warehouse.pid, "SIGKILL");
      await warehouse.exited;
      warehouse = await startWarehouse(warehouse.port);
    }
  }
  writing.abort();
  const written = await writer;
  const nodes = [{ node: 0, pool }];
  while (!(await hasPassed({ pool, nodes }, await markNow({ nodes })))) await sleep(50);
  const rows = await queryRows<Record<string, string>>(
    clickhouse,
    `select (select count() from operation) as operations, (select uniqExact(member_id, seq) from operation) as distinct_operations,
       (select count() from movement) as movements, (select sum(cents) from settlement_movement) as spent_cents`,
  );
  await clickhouse.close();
  assert.deepEqual(rows, [
    {
      operations: String(written),
      distinct_operations: String(written),
      movements: String(written * 2),
      spent_cents: String(written * 7),
    },
  ]);
});

/** Writes transactions of several months each until told to stop; returns how many operations were committed. */
async function write(signal: AbortSignal): Promise<number> {
  let operations = 0;
  for (let member = 1; !signal.aborted; member++) {
    const client = await pool.connect();
    await client.query("begin");
    const made = MONTHS.map((accountingDay, i) => ({ member, seq: i + 1, accountingDay }));
    await insertOperations(
      client,
      made.map((each) => ({ ...each, movements: [issued("alfa", 7), spent("alfa", "beta", 7)] })),
    );
    const isKept = random.int(10) > 0;
    await client.query(isKept ? "commit" : "rollback");
    client.release();
    if (isKept) operations += made.length;
    await sleep(2);
  }
  return operations;
}
