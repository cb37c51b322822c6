/** Closing a month of ten million receipts: the real close, on both engines, with rows made by formula beforehand. */
import { join } from "node:path";
import type { SettlementTerms } from "#domains/settlement/index.ts";
import { type CloseProgress, closeMonth } from "#flows/close-month/index.ts";
import { createCalendar, parseMonth } from "#kernel/time.ts";
import { createClickhouse } from "#platform/clickhouse/client.ts";
import { migrateClickhouse } from "#platform/clickhouse/migrate.ts";
import { systemClock } from "#platform/clock.ts";
import { startClickhouse } from "#platform/engines/embedded-clickhouse.ts";
import { type BenchOptions, type BenchResult, rounded, step } from "./lib/bench.ts";
import { conditions } from "./lib/conditions.ts";
import { startCpuMeter } from "./lib/cpu-time.ts";
import { BENCH_PASSWORD, type BenchHome, benchHome, startBenchPostgres } from "./lib/engine.ts";
import { fillLedger, fillWarehouse } from "./settle/fill.ts";

export const options = ["receipts", "quick", "home", "pg"] as const;

const MONTH = "2026-01";
const DAYS = 31;

export async function run(given: BenchOptions): Promise<BenchResult> {
  const receipts = given.number("receipts", given.flag("quick") ? 500_000 : 10_000_000);
  const home = benchHome(given);
  try {
    const postgres = await step("PostgreSQL", () => startBenchPostgres(home, given));
    try {
      return await withWarehouse(home, async (clickhouse, warehousePid) => {
        const fill = { receipts, firstDay: `${MONTH}-01`, days: DAYS };
        const millions = `${(receipts / 1e6).toLocaleString("en")} million receipts`;
        await step(`${millions} in PostgreSQL`, () => fillLedger(postgres.pool, fill));
        await step(`${millions} in ClickHouse`, () => fillWarehouse(clickhouse, fill));
        const under = await conditions(postgres.pool);
        const pids = { process: process.pid, postgres: postgres.server.pid, clickhouse: warehousePid };
        return { bench: "settle", receipts, ...(await close(postgres.pool, clickhouse, pids)), conditions: under };
      });
    } finally {
      await postgres.stop();
    }
  } finally {
    home.remove();
  }
}

type Warehouse = ReturnType<typeof createClickhouse>;

async function withWarehouse<T>(home: BenchHome, work: (clickhouse: Warehouse, pid: number) => Promise<T>): Promise<T> {
  const server = await step("ClickHouse", () =>
    startClickhouse({
      dataFolder: join(home.folder, "clickhouse"),
      password: BENCH_PASSWORD,
      port: 0,
      memoryMb: 4_096,
      logFile: join(home.folder, "logs", "clickhouse.log"),
    }),
  );
  const clickhouse = createClickhouse({ url: server.url, application: "dolka-bench", requestTimeoutMs: 1_800_000 });
  try {
    await migrateClickhouse(clickhouse);
    return await work(clickhouse, server.pid);
  } finally {
    await clickhouse.close();
    await server.stop();
  }
}

const TERMS: SettlementTerms = { operator: "operator", parties: [], pointKopecks: 100, redemptionBp: 8_000, fees: [] };

type BenchPool = Parameters<typeof fillLedger>[0];

async function close(
  pool: BenchPool,
  warehouse: Warehouse,
  pids: Readonly<Record<string, number>>,
): Promise<Record<string, unknown>> {
  const startedAt: { step: string; at: number }[] = [];
  const onProgress = ({ step: name }: CloseProgress) => {
    if (startedAt.at(-1)?.step !== name) startedAt.push({ step: name, at: performance.now() });
  };
  const cpu = startCpuMeter(pids);
  const closed = await closeMonth(
    {
      pool,
      warehouse,
      feed: { pool, nodes: [{ node: 0, pool }] },
      clock: systemClock,
      calendar: createCalendar("Europe/Moscow"),
      sweep: async () => {},
      terms: async () => TERMS,
      onProgress,
    },
    parseMonth(MONTH) as number,
    new AbortController().signal,
  );
  if (!closed.ok) throw new Error(JSON.stringify(closed.failure).slice(0, 2_000));
  const phases = startedAt.slice(0, -1).map((each, i) => [each.step, rounded((startedAt[i + 1]?.at ?? 0) - each.at)]);
  const totalMs = (startedAt.at(-1)?.at ?? 0) - (startedAt[0]?.at ?? 0);
  return {
    seconds: rounded(totalMs / 1000, 1),
    phaseMs: Object.fromEntries(phases),
    lines: closed.value.lines.length,
    redeemedCents: closed.value.lines.reduce((sum, line) => sum + line.cents, 0),
    cpuSeconds: cpu.read(),
    processMemoryMb: rounded(process.memoryUsage.rss() / 2 ** 20),
  };
}
