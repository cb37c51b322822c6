import { setTimeout as delay } from "node:timers/promises";
import { type CommandContext, failure } from "#main/cli/command.ts";
import { demoSteps } from "#main/demo.ts";
import { startHomeClickhouse, startHomePostgres } from "#main/home/engines.ts";
import { type DemoKey, lastRun, lockedSentence, removeRunFile, takeHome, writeRunFile } from "#main/home/home.ts";
import type { ProcessSettings } from "#main/process-settings.ts";
import { createClickhouse } from "#platform/clickhouse/client.ts";
import { migrateClickhouse } from "#platform/clickhouse/migrate.ts";
import { migratePostgres } from "#platform/postgres/migrate.ts";
import { createPool } from "#platform/postgres/pool.ts";
import { commandLineOf } from "#platform/process/alive.ts";
import { type Lock, LockedError } from "#platform/process/lock.ts";
import { freePort, isPortFree } from "#platform/process/ports.ts";
import { type Running, type Supervised, type SuperviseEvents, supervise } from "#platform/process/supervise.ts";
import { createSteps, type Steps } from "#platform/progress.ts";
import { startNodeProcess } from "./node-process.ts";
import { seedNewHome } from "./seed.ts";

export type UpOptions = {
  readonly context: CommandContext;
  readonly host: string;
  /** Undefined: 8080 or the next free one. */
  readonly port: number | undefined;
  readonly isEmpty: boolean;
};

type Services = Supervised<Running>[];

const DEFAULT_PORT = 8080;

/**
 * Starts everything on a home and keeps it running until it is asked to stop: PostgreSQL, ClickHouse, migrations, the
 * demo on a new home, the API and the worker, each a process that is restarted when it dies. Stops them in the opposite
 * order. Throws a CommandFailure when the home is taken or the port is.
 */
export async function up(options: UpOptions): Promise<void> {
  const { context } = options;
  const lock = lockHome(context.home);
  const services: Services = [];
  try {
    await untilEarlierRunIsGone(context.home);
    const port = await choosePort(options);
    const run = await start(options, port, services);
    if (run !== undefined) {
      announce(context, run);
      await aborted(context.signal);
    }
    context.note("Stopping ...");
  } finally {
    await stopAll(services);
    removeRunFile(context.home);
    lock.release();
  }
  context.note("Stopped.");
}

function lockHome(home: string): Lock {
  try {
    return takeHome(home);
  } catch (error) {
    if (error instanceof LockedError) throw failure.refused(lockedSentence(home, error));
    throw error;
  }
}

/** A supervisor that was killed leaves processes that notice it and end by themselves; they still hold port and data. */
async function untilEarlierRunIsGone(home: string): Promise<void> {
  const pids = Object.values(lastRun(home)?.pids ?? {});
  const isOurs = (pid: number) => /clickhouse-server\.ts|main\/(api|worker)\.ts/.test(commandLineOf(pid) ?? "");
  for (let waitedMs = 0; waitedMs < 30_000 && pids.some(isOurs); waitedMs += 50) await delay(50);
}

async function choosePort({ context, host, port }: UpOptions): Promise<number> {
  if (port === 0) return freePort(host);
  if (port !== undefined) {
    if (await isPortFree(port, host)) return port;
    throw failure.refused(`Port ${port} is in use. Choose another with --port, or leave --port out.`);
  }
  for (let candidate = DEFAULT_PORT; candidate < DEFAULT_PORT + 100; candidate++) {
    if (!(await isPortFree(candidate, host))) continue;
    if (candidate !== DEFAULT_PORT) context.note(`Port ${DEFAULT_PORT} is in use: taking ${candidate}.`);
    return candidate;
  }
  throw failure.refused(`All ports from ${DEFAULT_PORT} to ${DEFAULT_PORT + 99} are in use. Choose one with --port.`);
}

type Started = { readonly settings: ProcessSettings; readonly keys: readonly DemoKey[] };

/** Undefined when it was asked to stop before it was through; what runs by then is in `services`. */
async function start(options: UpOptions, port: number, services: Services): Promise<Started | undefined> {
  const { context } = options;
  const silent = { write: () => {} };
  const steps = createSteps(5 + demoSteps.length, context.json ? silent : process.stderr);
  const startedAt = new Date(context.clock.now()).toISOString();
  const events = superviseEvents(context);
  const { pgUrl, clickhouseUrl } = await startEngines(options, steps, services, events);
  if (context.signal.aborted) return undefined;
  await steps.run("schemas", () => migrateBoth(pgUrl, clickhouseUrl));
  const keys = await seedNewHome({ ...options, steps, pgUrl, clickhouseUrl, signal: context.signal });
  if (context.signal.aborted) return undefined;

  const settings: ProcessSettings = { home: context.home, pgUrl, clickhouseUrl, host: options.host, port };
  const workerPort = await freePort();
  services.push(await steps.run("API", () => supervise("api", () => startNodeProcess("api", settings), events)));
  const worker = () => startNodeProcess("worker", { ...settings, port: workerPort });
  services.push(await steps.run("worker", () => supervise("worker", worker, events)));

  const writeRun = () =>
    writeRunFile(context.home, {
      pid: process.pid,
      startedAt,
      home: context.home,
      api: addressOf(options.host, port),
      worker: `http://127.0.0.1:${workerPort}`,
      postgres: pgUrl,
      clickhouse: clickhouseUrl,
      pids: Object.fromEntries(services.map((service) => [service.name, service.current()?.pid ?? 0])),
      keys,
    });
  writeRun();
  events.afterRestart = writeRun;
  return { settings, keys };
}

/** Starts the home's own engines side by side; those that PG_URL and CLICKHOUSE_URL name run already. */
async function startEngines(options: UpOptions, steps: Steps, services: Services, events: SuperviseEvents) {
  const { home } = options.context;
  let pgUrl = process.env.PG_URL;
  let clickhouseUrl = process.env.CLICKHOUSE_URL;
  const starting: Promise<void>[] = [];
  const add = async <R extends Running>(title: string, name: string, startIt: () => Promise<R>) => {
    services.push(await steps.run(title, () => supervise(name, startIt, events)));
  };
  if (pgUrl === undefined) {
    let port = 0; // chosen at the first start and kept, so that everybody finds it again after a restart
    const startIt = async () => {
      const postgres = await startHomePostgres(home, port);
      port = postgres.port;
      pgUrl = postgres.url;
      return postgres;
    };
    starting.push(add("PostgreSQL", "postgres", startIt));
  }
  if (clickhouseUrl === undefined) {
    let port = 0;
    const startIt = async () => {
      const clickhouse = await startHomeClickhouse(home, port);
      port = clickhouse.port;
      clickhouseUrl = clickhouse.url;
      return clickhouse;
    };
    starting.push(add("ClickHouse", "clickhouse", startIt));
  }
  for (const result of await Promise.allSettled(starting)) if (result.status === "rejected") throw result.reason;
  return { pgUrl: pgUrl as string, clickhouseUrl: clickhouseUrl as string };
}

async function migrateBoth(pgUrl: string, clickhouseUrl: string): Promise<void> {
  const pool = createPool({ url: pgUrl, applicationName: "dolka migrations", max: 1 });
  const clickhouse = createClickhouse({ url: clickhouseUrl, application: "dolka-migrations" });
  try {
    await Promise.all([migratePostgres(pool), migrateClickhouse(clickhouse)]);
  } finally {
    await Promise.allSettled([pool.end(), clickhouse.close()]);
  }
}

function superviseEvents(context: CommandContext): SuperviseEvents & { afterRestart: () => void } {
  const events = {
    afterRestart: () => {},
    onExit: (name: string, exit: { code: number | null; signal: string | null }) =>
      context.log.warn({ process: name, ...exit }, "a process ended and is started again"),
    onRestarted: (name: string, pid: number) => {
      context.log.info({ process: name, newPid: pid }, "a process runs again");
      events.afterRestart();
    },
    onRestartFailed: (name: string, error: unknown, retryInMs: number) =>
      context.log.error({ process: name, err: error, retryInMs }, "a process could not be started again"),
  };
  return events;
}

function announce(context: CommandContext, { settings, keys }: Started): void {
  const address = addressOf(settings.host, settings.port);
  const lines = keys.map(
    ({ role, partner, key }) => `  ${[role, partner].filter(Boolean).join(" of ").padEnd(28)} ${key}`,
  );
  context.result(
    { ready: true, api: address, home: context.home, run: `${context.home}/run.json`, keys },
    [
      "",
      `Dolka is ready: ${address}`,
      `  API docs   ${address}/docs`,
      `  home       ${context.home} (addresses and keys for scripts: run.json; logs: logs/)`,
      ...(lines.length === 0 ? [] : ["  demo keys (Authorization: Bearer ...):", ...lines.map((line) => `  ${line}`)]),
      "Ctrl-C stops it.",
    ].join("\n"),
  );
}

function addressOf(host: string, port: number): string {
  const name = host === "0.0.0.0" || host === "::" ? "localhost" : host.includes(":") ? `[${host}]` : host;
  return `http://${name}:${port}`;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** API and worker first, together; then the engines that they need. */
async function stopAll(services: Services): Promise<void> {
  const isEngine = ({ name }: { name: string }) => name === "postgres" || name === "clickhouse";
  await Promise.all(services.filter((service) => !isEngine(service)).map((service) => service.stop()));
  await Promise.all(services.filter(isEngine).map((service) => service.stop()));
}
