import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Pool } from "pg";
import { type RunningPostgres, startPostgres } from "#platform/engines/embedded-postgres.ts";
import { migratePostgres } from "#platform/postgres/migrate.ts";
import { createPool } from "#platform/postgres/pool.ts";
import type { BenchOptions } from "./bench.ts";

/** The same in every home: a kept home's identifiers must be found again. */
export const BENCH_PASSWORD = "bench";
export const BENCH_SECRET: Uint8Array = Buffer.from("dolka bench: no secret at all...");

export type BenchHome = { readonly folder: string; readonly isKept: boolean; remove(): void };

/** A temporary home, or the one that `--home` names, which is kept: a second run on it spares the filling. */
export function benchHome(options: BenchOptions): BenchHome {
  const kept = options.text("home");
  const folder = kept ?? mkdtempSync(join(tmpdir(), "dolka-bench-"));
  mkdirSync(join(folder, "logs"), { recursive: true });
  return {
    folder,
    isKept: kept !== undefined,
    remove: () => {
      if (kept === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type BenchPostgres = { readonly server: RunningPostgres; readonly pool: Pool; stop(): Promise<void> };

/** A durable PostgreSQL with Dolka's own settings, migrated. `--pg name=value,...` tries others. */
export async function startBenchPostgres(home: BenchHome, options: BenchOptions): Promise<BenchPostgres> {
  const server = await startPostgres({
    dataFolder: join(home.folder, "postgres"),
    password: BENCH_PASSWORD,
    port: 0,
    settings: settingsOf(options.text("pg")),
    logFile: join(home.folder, "logs", "postgres.log"),
  });
  const pool = createPool({ url: server.url, applicationName: "dolka bench", max: 10 });
  const stop = async () => {
    await pool.end();
    await server.stop();
  };
  try {
    await migratePostgres(pool);
  } catch (error) {
    await stop();
    throw error;
  }
  return { server, pool, stop };
}

/** `name=value,name=value`: settings of PostgreSQL to try. */
export function settingsOf(text: string | undefined): Record<string, string> {
  const pairs = (text ?? "").split(",").filter((pair) => pair !== "");
  return Object.fromEntries(pairs.map((pair) => pair.split("=", 2) as [string, string]));
}
