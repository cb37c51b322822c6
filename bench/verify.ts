/** Rebuilding every projection from the operations: on what `--home` has, or on members and receipts made for it. */
import { createIdentifierKeys } from "#domains/identity/index.ts";
import { systemClock } from "#platform/clock.ts";
import { countMembers, populate } from "./checkout/population.ts";
import { benchProgrammes } from "./checkout/programme.ts";
import { runLedger } from "./ledger.ts";
import { type BenchOptions, type BenchResult, step } from "./lib/bench.ts";
import { conditions } from "./lib/conditions.ts";
import { startCpuMeter } from "./lib/cpu-time.ts";
import { BENCH_SECRET, benchHome, startBenchPostgres } from "./lib/engine.ts";
import { verifyLedger } from "./lib/verify.ts";

export const options = [
  "quick",
  "seconds",
  "members",
  "home",
  "pg",
  "warm-up",
  "connections",
  "lanes",
  "batch",
  "seed",
];

export async function run(given: BenchOptions): Promise<BenchResult> {
  const members = given.number("members", given.flag("quick") ? 50_000 : 500_000);
  const home = benchHome(given);
  try {
    const postgres = await step("PostgreSQL", () => startBenchPostgres(home, given));
    try {
      const { pool, server } = postgres;
      if (!home.isKept || (await countMembers(pool)) === 0) {
        const identifierKey = createIdentifierKeys(BENCH_SECRET);
        await step("members", () => populate(pool, { members, now: Date.now(), identifierKey }));
        await step("receipts", () => runLedger(given, postgres, members));
      }
      await pool.query("vacuum analyze");
      const cpu = startCpuMeter({ process: process.pid, postgres: server.pid });
      const startedAt = performance.now();
      const verified = await verifyLedger(pool, benchProgrammes(systemClock).current().calendar, server.url);
      const seconds = (performance.now() - startedAt) / 1000;
      const used = cpu.read();
      const micros = (name: string) => Math.round((((used[name] ?? 0) * 1e6) / Number(verified.operations)) * 10) / 10;
      return {
        bench: "verify",
        ...verified,
        seconds: Math.round(seconds * 10) / 10,
        cpuMicrosPerOperation: { process: micros("process"), postgres: micros("postgres") },
        conditions: await conditions(pool),
      };
    } finally {
      await postgres.stop();
    }
  } finally {
    home.remove();
  }
}
