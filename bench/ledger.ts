/** The checkout without HTTP: requests are made as objects in the process that posts them. */
import type { Pool } from "pg";
import { createIdentifierKeys } from "#domains/identity/index.ts";
import { createCheckout } from "#flows/checkout/index.ts";
import { systemClock } from "#platform/clock.ts";
import { createPool } from "#platform/postgres/pool.ts";
import { batchSizes, nextXid } from "./checkout/batches.ts";
import { populate } from "./checkout/population.ts";
import { benchProgrammes } from "./checkout/programme.ts";
import { startShoppers } from "./checkout/shoppers.ts";
import { type BenchOptions, type BenchResult, rounded, step, wait } from "./lib/bench.ts";
import { besidePgbench } from "./lib/compare.ts";
import { conditions } from "./lib/conditions.ts";
import { startCpuMeter, startMachineMeter } from "./lib/cpu-time.ts";
import { BENCH_SECRET, type BenchPostgres, benchHome, startBenchPostgres } from "./lib/engine.ts";
import { verifyLedger } from "./lib/verify.ts";
import { startWalMeter } from "./lib/wal.ts";

export const options = [
  ...["quick", "seconds", "warm-up", "members", "connections", "lanes", "batch", "seed"],
  ...["scale", "pgbench-seconds", "home", "pg", "no-verify"],
] as const;

export async function run(given: BenchOptions): Promise<BenchResult> {
  const isQuick = given.flag("quick");
  const members = given.number("members", isQuick ? 50_000 : 1_000_000);
  const home = benchHome(given);
  try {
    const postgres = await step("PostgreSQL", () => startBenchPostgres(home, given));
    try {
      const { pool, server } = postgres;
      const identifierKey = createIdentifierKeys(BENCH_SECRET);
      const fill = () => populate(pool, { members, now: Date.now(), identifierKey });
      await step(`${members.toLocaleString("en")} members`, fill);
      const under = await conditions(pool);
      const { ran, ratioOf } = await besidePgbench(given, server, () => runLedger(given, postgres, members));
      const { calendar } = benchProgrammes(systemClock).current();
      return {
        bench: "ledger",
        receiptsPerSecond: rounded(ran.receiptsPerSecond),
        ...ratioOf(ran.receiptsPerSecond, ran.cpuMicrosPerReceipt),
        ...ran.details,
        verify: given.flag("no-verify") ? null : await verifyLedger(pool, calendar, server.url),
        members,
        conditions: under,
      };
    } finally {
      await postgres.stop();
    }
  } finally {
    home.remove();
  }
}

export async function runLedger(given: BenchOptions, postgres: BenchPostgres, members: number) {
  const lanes = given.number("lanes", 2);
  const pool = createPool({ url: postgres.server.url, applicationName: "dolka bench checkout", max: 20 });
  const lanePool = createPool({ url: postgres.server.url, applicationName: "dolka bench lanes", max: lanes });
  const checkout = createCheckout({
    pool,
    lanePool,
    clock: systemClock,
    programmes: benchProgrammes(systemClock),
    identifierSecret: BENCH_SECRET,
    lanes,
    maxBatch: given.number("batch", 256),
  });
  const run = Math.floor(Date.now() / 1000).toString(36);
  const shopping = { seed: given.number("seed", 1), members, run };
  const shoppers = startShoppers({ checkout, connections: given.number("connections", 128), shopping });
  try {
    await wait(given.number("warm-up", 3));
    return await measure(given, shoppers, { pool: postgres.pool, pid: postgres.server.pid });
  } finally {
    await shoppers.stop();
    await checkout.drain();
    await Promise.all([pool.end(), lanePool.end()]);
  }
}

async function measure(
  given: BenchOptions,
  shoppers: ReturnType<typeof startShoppers>,
  postgres: { readonly pool: Pool; readonly pid: number },
) {
  const fromXid = await nextXid(postgres.pool);
  const wal = await startWalMeter(postgres.pool);
  shoppers.reset();
  const cpu = startCpuMeter({ process: process.pid, postgres: postgres.pid });
  const machine = startMachineMeter();
  const startedAt = performance.now();
  await wait(given.number("seconds", given.flag("quick") ? 5 : 20));
  const seconds = (performance.now() - startedAt) / 1000;
  const { requests, receipts, latencies, outcomes } = shoppers.read();
  const used = cpu.read();
  const everybody = machine.read().busySeconds;
  const [ours, theirs] = [used.process ?? 0, used.postgres ?? 0];
  return {
    receiptsPerSecond: receipts / seconds,
    cpuMicrosPerReceipt: ((ours + theirs) / receipts) * 1e6,
    details: {
      requestsPerSecond: rounded(requests / seconds),
      p50Ms: rounded(latencies.quantileMs(0.5), 1),
      p99Ms: rounded(latencies.quantileMs(0.99), 1),
      maxMs: rounded(latencies.maxMs()),
      outcomes,
      batch: await batchSizes(postgres.pool, fromXid),
      cpuMicrosPerRequest: {
        process: rounded((ours / requests) * 1e6),
        postgres: rounded((theirs / requests) * 1e6),
      },
      cores: {
        process: rounded(ours / seconds, 2),
        postgres: rounded(theirs / seconds, 2),
        everybody: rounded(everybody / seconds, 2),
      },
      wal: await wal.read(requests),
      seconds: rounded(seconds, 1),
    },
  };
}
