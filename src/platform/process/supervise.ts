import { setTimeout as delay } from "node:timers/promises";
import type { ExitInfo } from "./child.ts";

/** Something that runs until it ends or is stopped. */
export type Running = {
  readonly pid: number;
  readonly exited: Promise<ExitInfo>;
  stop(): Promise<void>;
};

export type Supervised<R extends Running> = {
  readonly name: string;
  /** What runs now; undefined between a death and the restart. */
  current(): R | undefined;
  restarts(): number;
  stop(): Promise<void>;
};

export type SuperviseEvents = {
  onExit?(name: string, exit: ExitInfo): void;
  onRestarted?(name: string, pid: number): void;
  onRestartFailed?(name: string, error: unknown, retryInMs: number): void;
};

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 10_000;
/** What ran this long without dying starts again with the shortest delay. */
const HEALTHY_AFTER_MS = 30_000;

/**
 * Starts something, and again whenever it ends unasked, with a delay that doubles from 0.1 s to 10 s while it keeps
 * dying. Throws when the first start fails.
 */
export async function supervise<R extends Running>(
  name: string,
  start: () => Promise<R>,
  events: SuperviseEvents = {},
): Promise<Supervised<R>> {
  let current: R | undefined = await start();
  let restarts = 0;
  const stopping = new AbortController();

  const watch = async (): Promise<void> => {
    let delayMs = FIRST_DELAY_MS;
    while (!stopping.signal.aborted) {
      if (current !== undefined) {
        const startedAt = performance.now();
        const exit = await current.exited;
        current = undefined;
        if (stopping.signal.aborted) return;
        events.onExit?.(name, exit);
        if (performance.now() - startedAt > HEALTHY_AFTER_MS) delayMs = FIRST_DELAY_MS;
      }
      await delay(delayMs, undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return;
      delayMs = Math.min(LONGEST_DELAY_MS, delayMs * 2);
      try {
        current = await start();
        restarts++;
        events.onRestarted?.(name, current.pid);
      } catch (error) {
        events.onRestartFailed?.(name, error, delayMs);
      }
    }
  };
  const watching = watch();

  return {
    name,
    current: () => current,
    restarts: () => restarts,
    async stop() {
      stopping.abort();
      await current?.stop();
      await watching;
      await current?.stop(); // a restart that was under way when the stop was asked for
    },
  };
}
