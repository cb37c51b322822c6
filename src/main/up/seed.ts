import type { CommandContext } from "#main/cli/command.ts";
import { demoSteps } from "#main/demo.ts";
import { type DemoKey, type HomeState, readHomeState, writeHomeState } from "#main/home/home.ts";
import { createClickhouse } from "#platform/clickhouse/client.ts";
import { createPool } from "#platform/postgres/pool.ts";
import type { Steps } from "#platform/progress.ts";

export type SeedOptions = {
  readonly context: CommandContext;
  readonly steps: Steps;
  readonly pgUrl: string;
  readonly clickhouseUrl: string;
  /** A new home stays empty. */
  readonly isEmpty: boolean;
  readonly signal: AbortSignal;
};

/** Fills a new home with the demo, step by step; a start that was broken off goes on with the steps not done yet. */
export async function seedNewHome(options: SeedOptions): Promise<readonly DemoKey[]> {
  const { context, isEmpty } = options;
  let state: HomeState = readHomeState(context.home) ?? {
    createdAt: new Date(context.clock.now()).toISOString(),
    seeded: isEmpty ? "none" : [],
    keys: [],
  };
  writeHomeState(context.home, state);
  const todo = demoSteps.filter((step) => state.seeded !== "none" && !state.seeded.includes(step.name));
  if (todo.length === 0) return state.keys;
  const pool = createPool({ url: options.pgUrl, applicationName: "dolka demo" });
  const clickhouse = createClickhouse({ url: options.clickhouseUrl, application: "dolka-demo" });
  try {
    for (const step of todo) {
      const keys: DemoKey[] = [];
      await options.steps.run(step.name, () =>
        step.run({
          home: context.home,
          pool,
          clickhouse,
          clock: context.clock,
          log: context.log,
          signal: options.signal,
          progress: context.progress,
          addKey: (key) => keys.push(key),
        }),
      );
      state = {
        ...state,
        seeded: [...(state.seeded === "none" ? [] : state.seeded), step.name],
        keys: [...state.keys, ...keys],
      };
      writeHomeState(context.home, state);
    }
  } finally {
    await Promise.allSettled([pool.end(), clickhouse.close()]);
  }
  return state.keys;
}
