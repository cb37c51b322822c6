/**
 * The checkout as tills meet it: `dolka up` on a durable PostgreSQL with the feed on, a million members, one HTTP request
 * per receipt, the load generator on the same cores.
 */
import { createIdentifierKeys } from "#domains/identity/index.ts";
import { systemClock } from "#platform/clock.ts";
import { homeSecrets } from "#platform/secrets.ts";
import { type BenchOptions, type BenchResult, rounded, step, wait } from "../lib/bench.ts";
import { besidePgbench } from "../lib/compare.ts";
import { conditions } from "../lib/conditions.ts";
import { startCpuMeter, startMachineMeter } from "../lib/cpu-time.ts";
import { benchHome, settingsOf } from "../lib/engine.ts";
import { openForBusiness, type Stack, startStack } from "../lib/stack.ts";
import { verifyLedger } from "../lib/verify.ts";
import { startWalMeter } from "../lib/wal.ts";
import { batchSizes, nextXid } from "./batches.ts";
import { compareWithWarehouse, untilFed, watchLag } from "./feed.ts";
import { serveFull } from "./full.ts";
import { startLoad } from "./load-process.ts";
import { populate } from "./population.ts";
import { benchProgrammes, programmeFile } from "./programme.ts";

export const options = [
  ...["quick", "seconds", "warm-up", "members", "connections", "seed"],
  ...["scale", "pgbench-seconds", "home", "pg", "no-verify"],
  ...["full", "turns", "no-velocity"],
] as const;

export async function run(given: BenchOptions): Promise<BenchResult> {
  const isQuick = given.flag("quick");
  const members = given.number("members", isQuick ? 50_000 : 1_000_000);
  const home = benchHome(given);
  try {
    const postgres = settingsOf(given.text("pg"));
    const stack = await step("dolka up", () => startStack({ home: home.folder, postgres }));
    try {
      const key = await openForBusiness(stack.pool, programmeFile(), "alfa");
      await step(`${members.toLocaleString("en")} members`, () => fill(stack, members));
      await step("feed", () => untilFed(stack));
      const under = await conditions(stack.pool);
      if (given.flag("full")) {
        const ran = await serveFull(given, stack, key, members);
        await step("feed", () => untilFed(stack));
        const { calendar } = benchProgrammes(systemClock).current();
        const verify = given.flag("no-verify") ? null : await verifyLedger(stack.pool, calendar, stack.pgUrl);
        return { bench: "checkout --full", ...ran, verify, members, conditions: under };
      }
      const server = { url: stack.pgUrl, pid: stack.pids().postgres };
      const { ran, ratioOf } = await besidePgbench(given, server, () => serve(given, stack, key, members));
      await step("feed", () => untilFed(stack));
      const { calendar } = benchProgrammes(systemClock).current();
      return {
        bench: "checkout",
        receiptsPerSecond: rounded(ran.receiptsPerSecond),
        ...ratioOf(ran.receiptsPerSecond, ran.cpuMicrosPerReceipt),
        ...ran.details,
        warehouse: await compareWithWarehouse(stack),
        verify: given.flag("no-verify") ? null : await verifyLedger(stack.pool, calendar, stack.pgUrl),
        members,
        conditions: under,
      };
    } finally {
      await stack.stop();
    }
  } finally {
    home.remove();
  }
}

function fill(stack: Stack, members: number): Promise<void> {
  const secret = Buffer.from(homeSecrets(stack.home).identifierSecret);
  return populate(stack.pool, { members, now: Date.now(), identifierKey: createIdentifierKeys(secret) });
}

async function serve(given: BenchOptions, stack: Stack, key: string, members: number) {
  const { hostname: host, port } = new URL(stack.apiUrl);
  const run = Math.floor(Date.now() / 1000).toString(36);
  const load = startLoad({
    host,
    port: Number(port),
    key,
    connections: given.number("connections", 128),
    shopping: { seed: given.number("seed", 1), members, run },
  });
  try {
    await wait(given.number("warm-up", 5));
    const fromXid = await nextXid(stack.pool);
    const lag = watchLag(stack);
    const wal = await startWalMeter(stack.pool);
    load.reset();
    const cpu = startCpuMeter({ ...stack.pids(), load: load.pid });
    const machine = startMachineMeter();
    const startedAt = performance.now();
    await wait(given.number("seconds", given.flag("quick") ? 10 : 30));
    const report = await load.read();
    const seconds = (performance.now() - startedAt) / 1000;
    const used = cpu.read();
    const everybody = machine.read().busySeconds;
    const feedLagMsMax = await lag.stop();
    const all = Object.values(used).reduce((sum, each) => sum + each, 0);
    const perName = (scale: number, digits: number) =>
      Object.fromEntries(Object.entries(used).map(([name, each]) => [name, rounded(each * scale, digits)]));
    return {
      receiptsPerSecond: report.receipts / seconds,
      cpuMicrosPerReceipt: (all / report.receipts) * 1e6,
      details: {
        requestsPerSecond: rounded(report.requests / seconds),
        p50Ms: rounded(report.p50Ms, 1),
        p99Ms: rounded(report.p99Ms, 1),
        maxMs: rounded(report.maxMs),
        outcomes: report.outcomes,
        batch: await batchSizes(stack.pool, fromXid),
        cpuMicrosPerRequest: perName(1e6 / report.requests, 0),
        cores: { ...perName(1 / seconds, 2), everybody: rounded(everybody / seconds, 2) },
        wal: await wal.read(report.requests),
        feedLagMsMax,
        seconds: rounded(seconds, 1),
      },
    };
  } finally {
    await load.stop();
  }
}
