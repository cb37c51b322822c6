import { setTimeout as sleep } from "node:timers/promises";
import { LONGEST_JOURNAL_MS, openGuards, purgeJournal, type WatchedGuards } from "#domains/guards/index.ts";
import { loadProgrammes } from "#domains/program/index.ts";
import { HOUR_MS, SECOND_MS } from "#kernel/time.ts";
import type { LoopDeps } from "./worker-loops.ts";

type Opened = { readonly guards: WatchedGuards; stop(): Promise<void> };
const known = new WeakMap<LoopDeps, Promise<Opened>>();

/** One for all loops of a worker: stops, blocks and velocity rules hold for what the machinery posts, too. */
export async function workerGuards(deps: LoopDeps): Promise<WatchedGuards> {
  return (await opened(deps)).guards;
}

function opened(deps: LoopDeps): Promise<Opened> {
  let opening = known.get(deps);
  if (opening === undefined) {
    opening = open(deps).catch((error: unknown) => {
      // The loop that asked begins again, and asks again.
      known.delete(deps);
      throw error;
    });
    known.set(deps, opening);
  }
  return opening;
}

async function open({ pool, clock, log }: LoopDeps): Promise<Opened> {
  const programmes = await loadProgrammes({ pool, clock });
  // Rewards and awards are stopped, never judged: until a loop posts a receipt (card payments do) nothing is counted here.
  const guards = await openGuards({ pool, clock, programmes, counts: false });
  const following = programmes.watch(SECOND_MS, (err) => log.warn({ err }, "the programme can't be read"));
  const watching = guards.watch((err) => log.warn({ err }, "the guards can't look"));
  return {
    guards,
    stop: async () => {
      following.stop();
      await watching.stop();
    },
  };
}

/** Forgets what no velocity rule can look at any more, and ends the watch with the worker. */
export async function runGuards(deps: LoopDeps, signal: AbortSignal): Promise<void> {
  const { pool, clock, log } = deps;
  const { stop } = await opened(deps);
  while (!signal.aborted) {
    const rows = await purgeJournal(pool, clock.now() - LONGEST_JOURNAL_MS);
    if (rows > 0) log.info({ rows }, "forgot what velocity rules counted long ago");
    await sleep(HOUR_MS, undefined, { signal }).catch(() => {});
  }
  await stop();
}
