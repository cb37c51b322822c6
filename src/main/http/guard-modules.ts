import type { Pool } from "pg";
import type { WatchedGuards } from "#domains/guards/index.ts";
import { createIdentifierKeys } from "#domains/identity/index.ts";
import type { Programmes } from "#domains/program/index.ts";
import { type Checkout, createSubjectKeys } from "#flows/checkout/index.ts";
import { alertRoutes, blockRoutes, stopRoutes } from "#flows/guards/http/index.ts";
import type { Clock } from "#platform/clock.ts";
import type { RouteModule } from "#platform/http/app.ts";
import type { ProblemRegistry } from "#platform/http/problem-registry.ts";

export type GuardModuleDeps = {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly programmes: Programmes;
  readonly checkout: Checkout;
  readonly guards?: WatchedGuards;
  readonly identifierSecret?: Uint8Array;
  readonly random: (count: number) => Uint8Array;
};

/** Stops, blocks and alerts. Blocks keep keyed hashes, as checkout makes them. */
export function guardModules(deps: GuardModuleDeps, problems: ProblemRegistry): RouteModule[] {
  const { pool, clock, programmes, checkout, guards } = deps;
  const secret = deps.identifierSecret ?? deps.random(32);
  const keys = { identifierKey: createIdentifierKeys(secret), subjectKey: createSubjectKeys(secret) };
  return [
    stopRoutes({ pool, clock, programmes, problems, guards }),
    blockRoutes({ pool, clock, problems, guards, ...keys }),
    alertRoutes({ pool, clock, checkout, problems }),
  ];
}
