import type { Pool } from "pg";
import type { DemoKey } from "#main/home/home.ts";
import type { ClickHouseClient } from "#platform/clickhouse/client.ts";
import type { Clock } from "#platform/clock.ts";
import type { Logger } from "#platform/log.ts";
import type { Progress } from "#platform/progress.ts";

/** What a step that fills a new home works with. */
export type DemoContext = {
  readonly home: string;
  readonly pool: Pool;
  readonly clickhouse: ClickHouseClient;
  readonly clock: Clock;
  readonly log: Logger;
  /** Aborted when the start is broken off. */
  readonly signal: AbortSignal;
  progress(label: string, total?: number): Progress;
  /** Shows a key on the screen and in run.json. */
  addKey(key: DemoKey): void;
};

export type DemoStep = {
  /** Shown on the screen, and remembered in home.json once the step is done. */
  readonly name: string;
  /** May be run again from the start when an earlier try was broken off: repeating it must not double anything. */
  run(context: DemoContext): Promise<void>;
};
