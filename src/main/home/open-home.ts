import type { Pool } from "pg";
import { type ClickHouseClient, createClickhouse } from "#platform/clickhouse/client.ts";
import { migrateClickhouse } from "#platform/clickhouse/migrate.ts";
import { migratePostgres } from "#platform/postgres/migrate.ts";
import { createPool } from "#platform/postgres/pool.ts";
import { startHomeClickhouse, startHomePostgres } from "./engines.ts";
import { runningStack, takeHome } from "./home.ts";

export type OpenHome = {
  readonly pool: Pool;
  readonly clickhouse: ClickHouseClient;
  readonly pgUrl: string;
  readonly clickhouseUrl: string;
  /** Address of the API when a stack is running. */
  readonly apiUrl: string | undefined;
  close(): Promise<void>;
};

export type OpenHomeOptions = {
  readonly home: string;
  readonly applicationName: string;
  readonly maxConnections?: number;
};

/**
 * Connects a command to the engines: those of the running stack (`<home>/run.json`), those that PG_URL and
 * CLICKHOUSE_URL name, or the home's own, which are then started, migrated, and stopped again by `close`.
 * Throws LockedError when another command has the home.
 */
export async function openHome(options: OpenHomeOptions): Promise<OpenHome> {
  const running = runningStack(options.home);
  const pgUrl = running?.postgres ?? process.env.PG_URL;
  const clickhouseUrl = running?.clickhouse ?? process.env.CLICKHOUSE_URL;
  const closers: (() => Promise<unknown> | unknown)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    if (pgUrl === undefined || clickhouseUrl === undefined) {
      const lock = takeHome(options.home);
      closers.push(() => lock.release());
    }
    const started = await Promise.allSettled([
      pgUrl === undefined ? startHomePostgres(options.home, 0) : undefined,
      clickhouseUrl === undefined ? startHomeClickhouse(options.home, 0) : undefined,
    ]);
    for (const engine of started) {
      if (engine.status === "fulfilled" && engine.value !== undefined) closers.push(engine.value.stop);
    }
    const [postgres, clickhouse] = started.map((engine) => {
      if (engine.status === "rejected") throw engine.reason;
      return engine.value;
    });
    const urls = {
      pgUrl: pgUrl ?? (postgres?.url as string),
      clickhouseUrl: clickhouseUrl ?? (clickhouse?.url as string),
    };
    const clients = connect(urls, options);
    closers.push(
      () => clients.pool.end(),
      () => clients.clickhouse.close(),
    );
    if (running === undefined) {
      await migratePostgres(clients.pool);
      await migrateClickhouse(clients.clickhouse);
    }
    return { ...urls, ...clients, apiUrl: running?.api, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function connect(urls: { pgUrl: string; clickhouseUrl: string }, options: OpenHomeOptions) {
  return {
    pool: createPool({
      url: urls.pgUrl,
      applicationName: options.applicationName,
      ...(options.maxConnections === undefined ? {} : { max: options.maxConnections }),
    }),
    clickhouse: createClickhouse({ url: urls.clickhouseUrl, application: options.applicationName }),
  };
}
