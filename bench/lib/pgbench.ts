import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { createPool } from "#platform/postgres/pool.ts";

const run = promisify(execFile);
const DATABASE = "bench_pgbench";

export type Pgbench = {
  /** TPC-B transactions per second over `seconds`, without the time to connect. */
  tps(seconds: number): Promise<number>;
};

/**
 * PostgreSQL's own benchmark on the same server, in a database of its own: TPC-B, prepared statements, 16 clients. Undefined
 * when no `pgbench` is on the PATH. These machines drift twofold within an hour, so our figures are given as ratios to it.
 */
export async function preparePgbench(pgUrl: string, scale: number): Promise<Pgbench | undefined> {
  if (!(await isThere())) return undefined;
  const admin = createPool({ url: pgUrl, applicationName: "dolka bench", max: 1 });
  try {
    const { rowCount } = await admin.query("select 1 from pg_database where datname = $1", [DATABASE]);
    if (rowCount === 0) {
      await admin.query(`create database ${DATABASE}`);
      await pgbench(pgUrl, ["-i", "-q", "-s", String(scale)]);
    }
  } finally {
    await admin.end();
  }
  return {
    tps: async (seconds) => {
      const output = await pgbench(pgUrl, ["-M", "prepared", "-c", "16", "-j", "2", "-T", String(seconds)]);
      const tps = Number(/tps = ([\d.]+)/.exec(output)?.[1]);
      if (!(tps > 0)) throw new Error(`pgbench said no tps:\n${output}`);
      return tps;
    },
  };
}

async function isThere(): Promise<boolean> {
  try {
    await run("pgbench", ["--version"]);
    return true;
  } catch {
    return false;
  }
}

async function pgbench(pgUrl: string, args: readonly string[]): Promise<string> {
  const url = new URL(pgUrl);
  const env = {
    PATH: process.env.PATH ?? "",
    PGHOST: url.hostname,
    PGPORT: url.port,
    PGUSER: url.username,
    PGPASSWORD: decodeURIComponent(url.password),
  };
  const { stdout } = await run("pgbench", [...args, DATABASE], { env, maxBuffer: 16 * 1024 * 1024 });
  return stdout;
}
