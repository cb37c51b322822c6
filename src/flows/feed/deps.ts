import type { ClickHouseClient } from "@clickhouse/client";
import type { Pool } from "pg";
import type { EpochMs } from "#kernel/time.ts";
import type { PaceLimits } from "./core/pace.ts";

/** A database node whose rows are moved; one until the ledger is sharded. */
export type FeedNode = { readonly node: number; readonly pool: Pool };

export type FeedEvent =
  | {
      readonly event: "moved";
      readonly batch: number;
      readonly rows: number;
      readonly bytes: number;
      readonly tookMs: number;
      readonly lagMs: number;
    }
  | { readonly event: "failed"; readonly error: unknown; readonly failuresInARow: number }
  | { readonly event: "rewound"; readonly movedOperations: number };

/** Steps between which a process may die; tests stop it there. */
export type FeedStep = "planned" | "recorded" | "operations-sent" | "all-sent" | "acknowledged";

export type FeedDeps = {
  /** Where positions are kept: the coordinator. */
  readonly pool: Pool;
  readonly nodes: readonly FeedNode[];
  readonly warehouse: ClickHouseClient;
  readonly clock: { now(): EpochMs };
  readonly limits?: Partial<PaceLimits>;
  readonly onEvent?: (event: FeedEvent) => void;
  readonly onStep?: (step: FeedStep) => void | Promise<void>;
};
