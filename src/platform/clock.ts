import type { EpochMs } from "#kernel/time.ts";

/** Where the time comes from; passed in, so that tests decide what time it is. */
export type Clock = { now(): EpochMs };

export const systemClock: Clock = { now: () => Date.now() };

/** A clock that stands still until it is told to move. */
export type ManualClock = Clock & {
  set(at: EpochMs): void;
  advance(ms: number): void;
};

export function manualClock(startAt: EpochMs): ManualClock {
  let at = startAt;
  return {
    now: () => at,
    set: (next) => {
      at = next;
    },
    advance: (ms) => {
      at += ms;
    },
  };
}
