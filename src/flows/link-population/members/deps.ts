import type { Pool } from "pg";
import type { Guards, KeyWrapper, Strategies } from "#domains/identity/index.ts";
import type { Programmes } from "#domains/program/index.ts";
import type { LinkageSettings } from "#flows/profiles/index.ts";
import type { ClickHouseClient } from "#platform/clickhouse/client.ts";
import type { Clock } from "#platform/clock.ts";

export type LinkMembersDeps = {
  readonly pool: Pool;
  readonly clickhouse: ClickHouseClient;
  readonly clock: Clock;
  readonly programmes: Programmes;
  /** Opens what is sealed under members' keys. */
  readonly keys: KeyWrapper;
  readonly newId: () => string;
  readonly settings: {
    readonly guards: Guards;
    readonly strategies: Strategies;
    readonly linkage: LinkageSettings;
  };
};
