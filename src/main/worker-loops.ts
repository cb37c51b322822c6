import type { Pool } from "pg";
import type { ClickHouseClient } from "#platform/clickhouse/client.ts";
import type { Clock } from "#platform/clock.ts";
import type { Logger } from "#platform/log.ts";
import type { Loop } from "#platform/process/loops.ts";

export type LoopDeps = {
  readonly pool: Pool;
  readonly clickhouse: ClickHouseClient;
  readonly clock: Clock;
  readonly log: Logger;
};

/** The loops of the worker process, wired. */
export function createLoops(_deps: LoopDeps): Loop[] {
  return [];
}
