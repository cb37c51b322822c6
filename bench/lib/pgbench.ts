import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { createPool } from "#platform/postgres/pool.ts";
import { say } from "./bench.ts";
import { startCpuMeter } from "./cpu-time.ts";

const run = promisify(execFile);
const DATABASE = "bench_pgbench";

export type PgbenchRun = {
  /** TPC-B transactions per second, without the time to connect. */
  readonly tps: number;
  /** Processor time of one transaction, server and client together: less noisy than the rate on a shared machine. */
  readonly cpuMicros: number;
};

/** `script`: arguments that choose another than TPC-B, such as `-S` for selects only. */
export type Pgbench = { measure(seconds: number, script?: readonly string[]): Promise<PgbenchRun> };

/**
 * PostgreSQL's own benchmark on the same server, in a database of its own: TPC-B, prepared statements, 16 clients. Undefined
 * when no `pgbench` is on the PATH. These machines drift twofold within an hour, so our figures are given as ratios to it.
 */
export async function preparePgbench(
  server: { readonly url: string; readonly pid: number },
  scale: number,
): Promise<Pgbench | undefined> {
  if (!(await isThere())) {
    say("  no pgbench on the PATH: no ratio");
    return undefined;
  }
  const admin = createPool({ url: server.url, applicationName: "dolka bench", max: 1 });
  try {
    const { rowCount } = await admin.query("select 1 from pg_database where datname = $1", [DATABASE]);
    if (rowCount === 0) {
      await admin.query(`create database ${DATABASE}`);
      await pgbench(server.url, ["-i", "-q", "-s", String(scale)]);
      await admin.query("checkpoint");
    }
  } finally {
    await admin.end();
  }
  return {
    measure: async (seconds, script = []) => {
      // What pgbench itself used is counted with this process, once it was waited for.
      const cpu = startCpuMeter({ server: server.pid, client: process.pid });
      const output = await pgbench(server.url, [
        ...script,
        "-M",
        "prepared",
        "-c",
        "16",
        "-j",
        "2",
        "-T",
        String(seconds),
      ]);
      const used = cpu.read();
      const tps = Number(/tps = ([\d.]+)/.exec(output)?.[1]);
      const transactions = Number(/transactions actually processed: (\d+)/.exec(output)?.[1]);
      if (!(tps > 0 && transactions > 0)) throw new Error(`pgbench said no tps:\n${output}`);
      const cpuMicros = (((used.server ?? 0) + (used.client ?? 0)) / transactions) * 1e6;
      say(`  pgbench: ${Math.round(tps)} tps, ${Math.round(cpuMicros)} µs of processor each`);
      return { tps, cpuMicros };
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
