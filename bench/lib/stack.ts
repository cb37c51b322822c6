import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Pool } from "pg";
import { createKey } from "#domains/access/index.ts";
import { applyProgramme } from "#domains/program/index.ts";
import { type ClickHouseClient, createClickhouse } from "#platform/clickhouse/client.ts";
import { systemClock } from "#platform/clock.ts";
import { createPool } from "#platform/postgres/pool.ts";

const DOLKA = fileURLToPath(new URL("../../bin/dolka.ts", import.meta.url));
const READY_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 60_000;

export type StackPids = {
  readonly postgres: number;
  readonly clickhouse: number;
  readonly api: number;
  readonly worker: number;
};

export type Stack = {
  readonly home: string;
  readonly apiUrl: string;
  readonly pgUrl: string;
  readonly clickhouseUrl: string;
  readonly pool: Pool;
  readonly clickhouse: ClickHouseClient;
  /** Those of this moment: the supervisor starts what dies again. */
  pids(): StackPids;
  stop(): Promise<void>;
};

export type StackOptions = {
  readonly home: string;
  /** Settings of the embedded engines, on top of Dolka's own. */
  readonly postgres?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
};

/** `dolka up --empty` on a home, as anybody would start it, and connections to what it runs. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { home } = options;
  const engines =
    options.postgres === undefined ? {} : { DOLKA_ENGINES: JSON.stringify({ postgres: options.postgres }) };
  const child = spawn(process.execPath, [DOLKA, "up", "--empty", "--json", "--home", home, "--port", "0"], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, LOG_LEVEL: "error", ...engines, ...options.environment },
  });
  await ready(child);
  const run = () =>
    JSON.parse(readFileSync(`${home}/run.json`, "utf8")) as {
      api: string;
      postgres: string;
      clickhouse: string;
      pids: StackPids;
    };
  const { api, postgres, clickhouse } = run();
  const pool = createPool({ url: postgres, applicationName: "dolka bench", max: 10 });
  const warehouse = createClickhouse({ url: clickhouse, application: "dolka-bench" });
  return {
    home,
    apiUrl: api,
    pgUrl: postgres,
    clickhouseUrl: clickhouse,
    pool,
    clickhouse: warehouse,
    pids: () => run().pids,
    stop: async () => {
      await Promise.allSettled([pool.end(), warehouse.close()]);
      await stopChild(child);
    },
  };
}

/** The line that `up --json` prints once everything serves. */
function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => fail("did not get ready"), READY_WITHIN_MS);
    const fail = (what: string) => {
      clearTimeout(late);
      child.kill("SIGTERM");
      reject(new Error(`dolka up ${what}`));
    };
    child.once("exit", (code) => fail(`ended with ${code} before it was ready`));
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on("line", (line) => {
      if (!line.includes('"ready"')) return;
      clearTimeout(late);
      child.removeAllListeners("exit");
      resolve();
    });
  });
}

function stopChild(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    const late = setTimeout(() => child.kill("SIGKILL"), STOP_WITHIN_MS);
    child.once("exit", () => {
      clearTimeout(late);
      resolve();
    });
    child.kill("SIGTERM");
  });
}

/** Applies a programme and makes a till's key for a partner of it; returns the key's secret. */
export async function openForBusiness(
  pool: Pool,
  programme: { readonly text: string; readonly name: string },
  partner: string,
): Promise<string> {
  const clock = systemClock;
  const applied = await applyProgramme({ pool, clock }, { file: programme, appliedBy: "bench", comment: "" });
  if (!applied.ok) throw new Error(JSON.stringify(applied.failure, null, 2));
  return makeTillKey(pool, partner);
}

/** One more till. A key has a quota of its own (10,000 requests/s), so a bench above it needs several. */
export async function makeTillKey(pool: Pool, partner: string): Promise<string> {
  const made = await createKey(
    { pool, clock: systemClock, random: randomBytes, isPartner: () => true },
    { role: "till", partner, name: "bench" },
  );
  if (!made.ok) throw new Error(JSON.stringify(made.failure));
  return made.value.secret;
}
