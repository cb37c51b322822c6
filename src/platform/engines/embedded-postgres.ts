import { execFile } from "node:child_process";
import { chownSync, existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { Client } from "pg";
import { type Child, type ExitInfo, spawnChild } from "#platform/process/child.ts";
import { freePort } from "#platform/process/ports.ts";
import { placeDataFolder, postgresBinaries } from "./postgres-place.ts";
import { postgresSettings } from "./postgres-settings.ts";
import { clearEarlierServer } from "./postgres-stale.ts";
import { type PostgresUser, postgresUser } from "./postgres-user.ts";
import { requireSupportedPlatform } from "./support.ts";

export const POSTGRES_USER = "dolka";
export const POSTGRES_DATABASE = "dolka";

const READY_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 60_000;

export type PostgresOptions = {
  /** The data folder; made when it does not exist. */
  readonly dataFolder: string;
  readonly password: string;
  /** 0 chooses a free one. */
  readonly port: number;
  /** stdout and stderr of the server are appended here; without it they are this process's own. */
  readonly logFile?: string;
  /** Added to the tuned settings, by name. */
  readonly settings?: Readonly<Record<string, string>>;
};

export type RunningPostgres = {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly exited: Promise<ExitInfo>;
  /** Fast shutdown: sessions are disconnected, a checkpoint is written. */
  stop(): Promise<void>;
};

/**
 * Starts PostgreSQL as a child process on loopback and returns when it answers. Clears what a killed earlier run left.
 * Throws UnsupportedPlatformError, or an Error that names the log, when it does not come up.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  requireSupportedPlatform();
  const user = postgresUser(resolve(options.dataFolder));
  const binaries = postgresBinaries(user);
  const dataFolder = placeDataFolder(resolve(options.dataFolder), user);
  if (!existsSync(join(dataFolder, "PG_VERSION"))) await initialise(binaries, dataFolder, user, options);
  await clearEarlierServer(dataFolder);
  const port = options.port === 0 ? await freePort() : options.port;
  const child = await spawnServer(binaries, dataFolder, port, user, options);
  const url = `postgresql://${POSTGRES_USER}:${encodeURIComponent(options.password)}@127.0.0.1:${port}/${POSTGRES_DATABASE}`;
  await untilReady(child, port, options);
  const watchdog = await spawnWatchdog(dataFolder, user);
  void child.exited.then(() => watchdog.kill("SIGKILL"));
  return {
    url,
    port,
    pid: child.pid,
    exited: child.exited,
    async stop() {
      await child.stop("SIGINT", STOP_WITHIN_MS);
      await watchdog.stop("SIGKILL", 1_000);
    },
  };
}

/**
 * initdb: UTF-8, the C.UTF-8 locale built into PostgreSQL (the same order on every machine, whatever its libc says),
 * checksums on pages, passwords by SCRAM.
 */
async function initialise(
  binaries: string,
  dataFolder: string,
  user: PostgresUser | undefined,
  options: PostgresOptions,
): Promise<void> {
  for (const left of readdirSync(dataFolder)) rmSync(join(dataFolder, left), { recursive: true }); // a broken initdb's
  const passwordFile = `${dataFolder}.password`;
  writeFileSync(passwordFile, `${options.password}\n`, { mode: 0o600 });
  if (user !== undefined) chownSync(passwordFile, user.uid, user.gid);
  const quick = options.settings?.fsync === "off" ? ["--no-sync"] : [];
  try {
    await promisify(execFile)(
      join(binaries, "bin", "initdb"),
      [
        `--pgdata=${dataFolder}`,
        `--username=${POSTGRES_USER}`,
        `--pwfile=${passwordFile}`,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-instructions",
        ...quick,
      ],
      { cwd: "/", env: serverEnvironment(), ...user },
    );
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** Nothing of the caller's PG* variables, and no messages in another language, may reach the server. */
function serverEnvironment(): Record<string, string> {
  return { PATH: process.env.PATH ?? "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };
}

function spawnServer(
  binaries: string,
  dataFolder: string,
  port: number,
  user: PostgresUser | undefined,
  options: PostgresOptions,
): Promise<Child> {
  const settings = {
    ...postgresSettings(),
    ...options.settings,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    password_encryption: "scram-sha-256",
    port: String(port),
  };
  const file = writeConfiguration(dataFolder, settings, user);
  return spawnChild({
    command: join(binaries, "bin", "postgres"),
    args: ["-D", dataFolder, "-c", `config_file=${file}`],
    cwd: "/",
    onlyEnv: serverEnvironment(),
    ...(options.logFile === undefined ? {} : { logFile: options.logFile }),
    ...user,
  });
}

/** initdb's postgresql.conf first, then ours, then `operator.conf`, where an operator may overrule both. */
function writeConfiguration(
  dataFolder: string,
  settings: Readonly<Record<string, string>>,
  user: PostgresUser | undefined,
): string {
  const file = join(dataFolder, "dolka.conf");
  const ours = Object.entries(settings).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`);
  const text = ["include 'postgresql.conf'", ...ours, "include_if_exists 'operator.conf'", ""].join("\n");
  writeFileSync(file, text, { mode: 0o600 });
  if (user !== undefined) chownSync(file, user.uid, user.gid);
  return file;
}

/**
 * PostgreSQL does not look at its stdin, so a shell does it: when this process dies, however it dies, the pipe ends and
 * the shell asks the server that postmaster.pid names to shut down. It runs as the server's user and can signal no other.
 */
function spawnWatchdog(dataFolder: string, user: PostgresUser | undefined): Promise<Child> {
  const script = 'cat >/dev/null; read -r pid < "$1/postmaster.pid" && kill -INT "$pid"';
  return spawnChild({
    command: "/bin/sh",
    args: ["-c", script, "dolka-postgres-watchdog", dataFolder],
    cwd: "/",
    ...user,
  });
}

async function untilReady(child: Child, port: number, options: PostgresOptions): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    if (!child.isRunning()) {
      const where = options.logFile === undefined ? "" : `; its log is ${options.logFile}`;
      throw new Error(`PostgreSQL ended while starting (port ${port})${where}`);
    }
    if (await prepareDatabase(port, options.password)) return;
    if (Date.now() > deadline) {
      await child.stop("SIGQUIT", 5_000);
      throw new Error(`PostgreSQL did not answer within ${READY_WITHIN_MS / 1000} s`);
    }
    await delay(50);
  }
}

/** True when the server answers and its database exists (made on the first start). */
async function prepareDatabase(port: number, password: string): Promise<boolean> {
  const client = new Client({
    host: "127.0.0.1",
    port,
    user: POSTGRES_USER,
    password,
    database: "postgres",
    connectionTimeoutMillis: 5_000,
  });
  client.on("error", () => {});
  try {
    await client.connect();
    const found = await client.query("select 1 from pg_database where datname = $1", [POSTGRES_DATABASE]);
    if (found.rowCount === 0) await client.query(`create database ${POSTGRES_DATABASE}`);
    return true;
  } catch (error) {
    if (isNotReadyYet(error)) return false;
    throw error;
  } finally {
    await client.end().catch(() => {});
  }
}

/** Not listening yet, or (57P03, 53300) starting up and replaying its log. */
function isNotReadyYet(error: unknown): boolean {
  const code = (error as { code?: string }).code;
  return code === "ECONNREFUSED" || code === "ECONNRESET" || code === "57P03" || code === "53300";
}
