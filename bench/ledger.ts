/** The checkout without HTTP: requests are made as objects in the process that posts them. */
import { createIdentifierKeys } from "#domains/identity/index.ts";
import { verifyProjections } from "#domains/ledger/index.ts";
import { createCheckout, type RunningCheckout } from "#flows/checkout/index.ts";
import { systemClock } from "#platform/clock.ts";
import { createPool } from "#platform/postgres/pool.ts";
import { populate } from "./checkout/population.ts";
import { benchProgrammes } from "./checkout/programme.ts";
import { type InProcessShare, startShoppers } from "./checkout/shoppers.ts";
import { type BenchOptions, type BenchResult, rounded, say, step } from "./lib/bench.ts";
import { conditions } from "./lib/conditions.ts";
import { startCpuMeter, startMachineMeter } from "./lib/cpu-time.ts";
import { BENCH_SECRET, type BenchHome, type BenchPostgres, benchHome, startBenchPostgres } from "./lib/engine.ts";
import { type Pgbench, preparePgbench } from "./lib/pgbench.ts";

export const options = [
  "seconds",
  "warm-up",
  "members",
  "connections",
  "lanes",
  "batch",
  "seed",
  "scale",
  "pgbench-seconds",
  "home",
  "pg",
  "quick",
  "no-verify",
] as const;

export async function run(given: BenchOptions): Promise<BenchResult> {
  const isQuick = given.flag("quick");
  const members = given.number("members", isQuick ? 50_000 : 1_000_000);
  const home = benchHome(given);
  try {
    const postgres = await step("PostgreSQL", () => startBenchPostgres(home, given));
    try {
      const now = Date.now();
      const identifierKey = createIdentifierKeys(BENCH_SECRET);
      await step(`${members.toLocaleString("en")} members`, () =>
        populate(postgres.pool, { members, now, identifierKey }),
      );
      return await measure(given, home, postgres, members);
    } finally {
      await postgres.stop();
    }
  } finally {
    home.remove();
  }
}

async function measure(given: BenchOptions, _home: BenchHome, postgres: BenchPostgres, members: number) {
  const isQuick = given.flag("quick");
  const seconds = given.number("seconds", isQuick ? 5 : 20);
  const under = await conditions(postgres.pool);
  const pgbenchSeconds = given.number("pgbench-seconds", isQuick ? 0 : 10);
  const pgbench = await step("pgbench", async () => {
    const scale = given.number("scale", 50);
    return pgbenchSeconds === 0 ? undefined : preparePgbench(postgres.server.url, scale);
  });
  const before = await tps(pgbench, pgbenchSeconds);
  const ran = await shop(given, postgres, members, seconds);
  const after = await tps(pgbench, pgbenchSeconds);
  const verified = given.flag("no-verify") ? undefined : await verify(postgres);
  const mean = before === undefined || after === undefined ? undefined : (before + after) / 2;
  return {
    bench: "ledger",
    receiptsPerSecond: rounded(ran.receiptsPerSecond),
    ratio: mean === undefined ? null : rounded(ran.receiptsPerSecond / mean, 2),
    pgbenchTps: mean === undefined ? null : [rounded(before as number), rounded(after as number)],
    ...ran.details,
    verify: verified ?? null,
    members,
    seconds,
    conditions: under,
  };
}

async function verify({ pool }: BenchPostgres) {
  const { calendar } = benchProgrammes(systemClock).current();
  const verified = await step("verify", () => verifyProjections(pool, { calendar, now: Date.now }));
  return {
    operations: verified.operations,
    differences: verified.differenceCount,
    operationsPerSecond: rounded(verified.operations / verified.seconds),
  };
}

async function tps(pgbench: Pgbench | undefined, seconds: number): Promise<number | undefined> {
  if (pgbench === undefined) return undefined;
  const measured = await pgbench.tps(seconds);
  say(`  pgbench: ${rounded(measured)} tps`);
  return measured;
}

async function shop(given: BenchOptions, postgres: BenchPostgres, members: number, seconds: number) {
  const lanes = given.number("lanes", 2);
  const pool = createPool({ url: postgres.server.url, applicationName: "dolka bench checkout", max: 20 });
  const checkout: RunningCheckout = createCheckout({
    pool,
    clock: systemClock,
    programmes: benchProgrammes(systemClock),
    identifierSecret: BENCH_SECRET,
    lanes,
    maxBatch: given.number("batch", 256),
  });
  const seed = given.number("seed", 1);
  const run = Math.floor(Date.now() / 1000).toString(36);
  const connections = given.number("connections", 128);
  const shoppers = startShoppers({ checkout, connections, shopping: { seed, members, run } });
  try {
    await wait(given.number("warm-up", 3));
    shoppers.reset();
    const cpu = startCpuMeter({ load: process.pid, postgres: postgres.server.pid });
    const machine = startMachineMeter();
    const batchesBefore = { ...checkout.stats };
    const startedAt = performance.now();
    await wait(seconds);
    const tookSeconds = (performance.now() - startedAt) / 1000;
    const share: InProcessShare = shoppers.read();
    const used = cpu.read();
    const busy = machine.read().busySeconds;
    const batches = checkout.stats.batches - batchesBefore.batches;
    return {
      receiptsPerSecond: share.receipts / tookSeconds,
      details: {
        requestsPerSecond: rounded(share.requests / tookSeconds),
        p50Ms: rounded(share.latencies.quantileMs(0.5), 1),
        p99Ms: rounded(share.latencies.quantileMs(0.99), 1),
        maxMs: rounded(share.latencies.maxMs()),
        outcomes: share.outcomes,
        batch: {
          mean: rounded((checkout.stats.tasks - batchesBefore.tasks) / batches, 1),
          max: checkout.stats.largest,
          perSecond: rounded(batches / tookSeconds),
        },
        cpuMicrosPerRequest: {
          process: rounded(((used.load ?? 0) / share.requests) * 1e6),
          postgres: rounded(((used.postgres ?? 0) / share.requests) * 1e6),
        },
        cores: {
          process: rounded((used.load ?? 0) / tookSeconds, 2),
          postgres: rounded((used.postgres ?? 0) / tookSeconds, 2),
          everybody: rounded(busy / tookSeconds, 2),
        },
      },
    };
  } finally {
    await shoppers.stop();
    await checkout.drain();
    await pool.end();
  }
}

function wait(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
