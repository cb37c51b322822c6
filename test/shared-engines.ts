import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startClickhouse } from "#platform/engines/embedded-clickhouse.ts";
import { startPostgres } from "#platform/engines/embedded-postgres.ts";
import { UNSAFE_BUT_FAST } from "#platform/engines/postgres-settings.ts";
import { migratePostgres } from "#platform/postgres/migrate.ts";
import { createPool } from "#platform/postgres/pool.ts";
import { randomPassword } from "#platform/secrets.ts";

/** Database that each test file's own is cloned from: migrated, empty. */
export const TEMPLATE = "dolka_template";

export type SharedEngines = {
  readonly pgUrl: string;
  readonly clickhouseUrl: string;
  /** Folder with the engines' logs. */
  readonly folder: string;
  stop(): Promise<void>;
};

/** One PostgreSQL (not durable) and one ClickHouse in a temporary folder, with the template database ready. */
export async function startSharedEngines(): Promise<SharedEngines> {
  const folder = mkdtempSync(join(tmpdir(), "dolka-test-"));
  mkdirSync(join(folder, "logs"));
  const [postgres, clickhouse] = await Promise.all([
    startPostgres({
      dataFolder: join(folder, "postgres"),
      password: randomPassword(),
      port: 0,
      settings: UNSAFE_BUT_FAST,
      logFile: join(folder, "logs", "postgres.log"),
    }),
    startClickhouse({
      dataFolder: join(folder, "clickhouse"),
      password: randomPassword(),
      port: 0,
      fsync: false,
      memoryMb: 1024,
      logFile: join(folder, "logs", "clickhouse.log"),
    }),
  ]);
  await makeTemplate(postgres.url);
  return {
    pgUrl: postgres.url,
    clickhouseUrl: clickhouse.url,
    folder,
    async stop() {
      await Promise.all([postgres.stop(), clickhouse.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function makeTemplate(serverUrl: string): Promise<void> {
  const server = createPool({ url: serverUrl, applicationName: "tests", max: 1 });
  await server.query(`create database ${TEMPLATE}`);
  await server.end();
  const template = createPool({ url: databaseUrl(serverUrl, TEMPLATE), applicationName: "tests", max: 1 });
  await migratePostgres(template);
  await template.end();
}

/** The same server, another database. */
export function databaseUrl(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}
