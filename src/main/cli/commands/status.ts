import { runningStack } from "#main/home/home.ts";
import { defineCommand, EXIT } from "../command.ts";

export const statusCommand = defineCommand({
  name: "status",
  summary: "Say whether Dolka is running on this home, where, and how its parts are",
  usage: "status",
  example: "dolka status --json",
  options: {},
  async run(context) {
    const run = runningStack(context.home);
    if (run === undefined) {
      context.result({ running: false, home: context.home }, `Dolka is not running on ${context.home}.`);
      return EXIT.unreachable;
    }
    const [api, worker] = await Promise.all([ready(run.api), ready(run.worker)]);
    const state = (isReady: boolean) => (isReady ? "ready" : "not ready");
    context.result(
      {
        running: true,
        home: context.home,
        pid: run.pid,
        startedAt: run.startedAt,
        api: run.api,
        ready: { api, worker },
      },
      `Dolka runs on ${context.home} since ${run.startedAt} (process ${run.pid}).\n  API ${run.api}: ${state(api)}\n  worker: ${state(worker)}`,
    );
    return api && worker ? EXIT.ok : EXIT.refused;
  },
});

async function ready(address: string): Promise<boolean> {
  try {
    return (await fetch(`${address}/readyz`, { signal: AbortSignal.timeout(5_000) })).ok;
  } catch {
    return false;
  }
}
