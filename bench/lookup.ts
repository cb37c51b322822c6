/**
 * Look-ups as tills and apps meet them: `dolka up` on a durable PostgreSQL, five million identifiers, HTTP, 64 connections,
 * uniformly random members, the load generator on the same cores. Beside it `pgbench -S` on the same server, in turns.
 */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createIdentifierKeys } from "#domains/identity/index.ts";
import { homeSecrets } from "#platform/secrets.ts";
import { untilFed } from "./checkout/feed.ts";
import { populate } from "./checkout/population.ts";
import { programmeFile } from "./checkout/programme.ts";
import { type BenchOptions, type BenchResult, rounded, step, wait } from "./lib/bench.ts";
import { conditions } from "./lib/conditions.ts";
import { startCpuMeter } from "./lib/cpu-time.ts";
import { benchHome, settingsOf } from "./lib/engine.ts";
import { preparePgbench } from "./lib/pgbench.ts";
import { makeTillKey, openForBusiness, type Stack, startStack } from "./lib/stack.ts";
import type { LookupOrder, LookupReport } from "./lookup/load.ts";

export const options = [
  ...["quick", "seconds", "warm-up", "identifiers", "connections", "seed", "home", "pg", "pgbench-seconds"],
] as const;

/** Each has a quota of its own. */
const KEYS = 8;

export async function run(given: BenchOptions): Promise<BenchResult> {
  const isQuick = given.flag("quick");
  const identifiers = given.number("identifiers", isQuick ? 200_000 : 5_000_000);
  const home = benchHome(given);
  try {
    const stack = await step("dolka up", () =>
      startStack({ home: home.folder, postgres: settingsOf(given.text("pg")) }),
    );
    try {
      const keys = [await openForBusiness(stack.pool, programmeFile(), "operator")];
      while (keys.length < KEYS) keys.push(await makeTillKey(stack.pool, "operator"));
      await step(`${identifiers.toLocaleString("en")} identifiers`, () => fill(stack, identifiers));
      // The feed would take the processors for what was filled in.
      await step("feed", () => untilFed(stack));
      const under = await conditions(stack.pool);
      const seconds = given.number("pgbench-seconds", isQuick ? 0 : 8);
      const server = { url: stack.pgUrl, pid: stack.pids().postgres };
      const pgbench = seconds === 0 ? undefined : await step("pgbench's tables", () => preparePgbench(server, 50));
      const before = await pgbench?.measure(seconds, ["-S"]);
      const measured = await measure(given, stack, keys, identifiers);
      const after = await pgbench?.measure(seconds, ["-S"]);
      const selects = before && after ? (before.tps + after.tps) / 2 : undefined;
      return {
        bench: "lookup",
        ...measured,
        pgbenchSelectTps: before && after ? [rounded(before.tps), rounded(after.tps)] : null,
        ratio: selects === undefined ? null : rounded(measured.lookupsPerSecond / selects, 3),
        identifiers,
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

async function measure(given: BenchOptions, stack: Stack, keys: readonly string[], members: number) {
  const { hostname: host, port } = new URL(stack.apiUrl);
  const load = startLoad({
    ...{ order: "start", host, port: Number(port), keys, members },
    connections: given.number("connections", 64),
    seed: given.number("seed", 1),
  });
  try {
    await wait(given.number("warm-up", 3));
    load.send({ order: "reset" });
    const cpu = startCpuMeter({ ...stack.pids(), load: load.pid as number });
    const startedAt = performance.now();
    await wait(given.number("seconds", given.flag("quick") ? 5 : 15));
    const report = await read(load);
    const seconds = (performance.now() - startedAt) / 1000;
    const used = cpu.read();
    const micros = Object.entries(used).map(([name, each]) => [name, rounded((each / report.requests) * 1e6, 0)]);
    return {
      lookupsPerSecond: rounded(report.requests / seconds),
      wrong: report.wrong,
      p50Ms: rounded(report.p50Ms, 1),
      p99Ms: rounded(report.p99Ms, 1),
      maxMs: rounded(report.maxMs),
      cpuMicrosPerLookup: Object.fromEntries(micros),
      seconds: rounded(seconds, 1),
    };
  } finally {
    load.send({ order: "stop" });
  }
}

function startLoad(order: LookupOrder): ChildProcess {
  const child = fork(fileURLToPath(new URL("./lookup/load.ts", import.meta.url)), { execArgv: [] });
  child.send(order);
  return child;
}

function read(load: ChildProcess): Promise<LookupReport> {
  return new Promise((resolve, reject) => {
    load.once("message", (report) => resolve(report as LookupReport));
    load.once("exit", () => reject(new Error("the load generator ended")));
    load.send({ order: "read" });
  });
}
