import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "#platform/log.ts";

/** Work that goes on for as long as the process lives, such as moving the feed. */
export type Loop = {
  readonly name: string;
  /** Works until `signal` is aborted. What it throws is logged, and it is run again after a pause. */
  run(signal: AbortSignal): Promise<void>;
};

export type LoopHealth = {
  readonly name: string;
  readonly state: "running" | "waiting" | "ended";
  readonly failures: number;
  readonly lastError?: string;
};

export type RunningLoops = {
  health(): LoopHealth[];
  /** Resolves when all loops have ended (after the signal's abort). */
  readonly ended: Promise<void>;
};

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 15_000;
const HEALTHY_AFTER_MS = 30_000;

/** Runs loops side by side: one that fails pauses (0.2 s, doubling to 15 s) and goes on, and never stops its neighbours. */
export function runLoops(loops: readonly Loop[], signal: AbortSignal, log: Logger): RunningLoops {
  const health = new Map<string, LoopHealth>();
  const runOne = async (loop: Loop): Promise<void> => {
    let failures = 0;
    let pauseMs = FIRST_PAUSE_MS;
    while (!signal.aborted) {
      const startedAt = performance.now();
      health.set(loop.name, { ...health.get(loop.name), name: loop.name, state: "running", failures });
      try {
        await loop.run(signal);
        if (signal.aborted) break;
        log.warn({ loop: loop.name }, "a loop ended by itself and is started again");
      } catch (error) {
        if (signal.aborted) break;
        failures++;
        const lastError = error instanceof Error ? error.message : String(error);
        health.set(loop.name, { name: loop.name, state: "waiting", failures, lastError });
        log.error({ loop: loop.name, err: error, retryInMs: pauseMs }, "a loop failed");
      }
      if (performance.now() - startedAt > HEALTHY_AFTER_MS) pauseMs = FIRST_PAUSE_MS;
      await delay(pauseMs, undefined, { signal }).catch(() => {});
      pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
    }
    health.set(loop.name, { name: loop.name, state: "ended", failures });
  };
  return {
    health: () => [...health.values()],
    ended: Promise.all(loops.map(runOne)).then(() => {}),
  };
}
