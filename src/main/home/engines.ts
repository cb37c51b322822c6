import { join } from "node:path";
import { type RunningClickhouse, startClickhouse } from "#platform/engines/embedded-clickhouse.ts";
import { type RunningPostgres, startPostgres } from "#platform/engines/embedded-postgres.ts";
import { homeSecrets } from "#platform/secrets.ts";
import { logFolder } from "./home.ts";

/** Settings that a test run gives its own stacks, as JSON: {"postgres": {...}, "fsync": false, "memoryMb": 512}. */
type EngineOverrides = {
  readonly postgres?: Readonly<Record<string, string>>;
  readonly fsync?: boolean;
  readonly memoryMb?: number;
};

/** Starts the home's own PostgreSQL; `port` 0 chooses one. */
export function startHomePostgres(home: string, port: number): Promise<RunningPostgres> {
  const { postgres } = overrides();
  return startPostgres({
    dataFolder: join(home, "postgres"),
    password: homeSecrets(home).postgresPassword,
    port,
    logFile: join(logFolder(home), "postgres.log"),
    ...(postgres === undefined ? {} : { settings: postgres }),
  });
}

/** Starts the home's own ClickHouse; `port` 0 chooses one. */
export function startHomeClickhouse(home: string, port: number): Promise<RunningClickhouse> {
  const { fsync, memoryMb } = overrides();
  return startClickhouse({
    dataFolder: join(home, "clickhouse"),
    password: homeSecrets(home).clickhousePassword,
    port,
    logFile: join(logFolder(home), "clickhouse.log"),
    ...(fsync === undefined ? {} : { fsync }),
    ...(memoryMb === undefined ? {} : { memoryMb }),
  });
}

function overrides(): EngineOverrides {
  const text = process.env.DOLKA_ENGINES;
  return text === undefined || text === "" ? {} : (JSON.parse(text) as EngineOverrides);
}
