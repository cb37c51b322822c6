import { randomBytes } from "node:crypto";
import { after } from "node:test";
import type { Pool } from "pg";
import { type ClickHouseClient, createClickhouse } from "#platform/clickhouse/client.ts";
import { migrateClickhouse } from "#platform/clickhouse/migrate.ts";
import { createPool } from "#platform/postgres/pool.ts";
import { databaseUrl, startSharedEngines, TEMPLATE } from "./shared-engines.ts";

export type TestEngines = {
  /** The test file's own database, migrated and empty. */
  readonly pgUrl: string;
  readonly pool: Pool;
  /** The test file's own database in ClickHouse, migrated and empty; the database stands in the URL's path. */
  readonly clickhouseUrl: string;
  readonly clickhouseDatabase: string;
  readonly clickhouse: ClickHouseClient;
};

/**
 * Real engines for one test file: `const engines = await testEngines();` at its top. In a run of scripts/test.ts all
 * files share the servers that it started; a file run by itself (`node --test x.int.test.ts`) starts its own. What was
 * made is dropped when the file's tests are over.
 */
export async function testEngines(): Promise<TestEngines> {
  const serverUrls = await servers();
  const database = `t_${randomBytes(6).toString("hex")}`;
  const admin = createPool({ url: serverUrls.pgUrl, applicationName: "tests", max: 1 });
  await admin.query(`create database ${database} template ${TEMPLATE} strategy file_copy`);
  const pgUrl = databaseUrl(serverUrls.pgUrl, database);
  const pool = createPool({ url: pgUrl, applicationName: "tests" });

  const clickhouseAdmin = createClickhouse({ url: serverUrls.clickhouseUrl, application: "tests" });
  await clickhouseAdmin.command({ query: `create database ${database} engine = Atomic` });
  const clickhouseUrl = databaseUrl(serverUrls.clickhouseUrl, database);
  const clickhouse = createClickhouse({ url: clickhouseUrl, application: "tests" });
  await migrateClickhouse(clickhouse);

  after(async () => {
    await pool.end();
    await clickhouse.close();
    await admin.query(`drop database if exists ${database} with (force)`);
    await admin.end();
    await clickhouseAdmin.command({ query: `drop database if exists ${database} sync` });
    await clickhouseAdmin.close();
    await serverUrls.stop();
  });
  return { pgUrl, pool, clickhouseUrl, clickhouseDatabase: database, clickhouse };
}

type Servers = { pgUrl: string; clickhouseUrl: string; stop(): Promise<void> };

async function servers(): Promise<Servers> {
  const pgUrl = process.env.DOLKA_TEST_PG_URL;
  const clickhouseUrl = process.env.DOLKA_TEST_CLICKHOUSE_URL;
  if (pgUrl !== undefined && clickhouseUrl !== undefined) return { pgUrl, clickhouseUrl, stop: async () => {} };
  return startSharedEngines();
}

/** How long a `*.long.test.ts` may take: `quick` is the share that the gate runs, `long` is for `npm run test:long`. */
export function testLength(): "quick" | "long" {
  return process.env.DOLKA_TEST_LENGTH === "long" ? "long" : "quick";
}
