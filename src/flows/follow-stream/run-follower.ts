import { setTimeout as sleep } from "node:timers/promises";
import type { Pool } from "pg";
import { SECOND_MS } from "#kernel/time.ts";
import { createFollower, type Step, type Subscriber } from "./follower.ts";
import type { Stream } from "./stream.ts";

export type FollowDeps = {
  readonly pool: Pool;
  readonly stream: Stream;
  /** The programme as it is now; before each step. */
  readonly refresh: () => Promise<unknown>;
};

export type FollowRound = {
  readonly beatMs: number;
  /** What follows of what was derived; whether there may be more of it at once. */
  then(step: Step): Promise<boolean>;
};

/** What does not matter to anybody is looked over again for so long after a crash. */
const IDLE_WRITE_MS = 5 * SECOND_MS;

/** Follows the stream until the signal is aborted, a step each beat, or at once while there is more. */
export async function runFollower<Page>(
  { pool, stream, refresh }: FollowDeps,
  subscriber: Subscriber<Page>,
  { beatMs, then }: FollowRound,
  signal: AbortSignal,
): Promise<void> {
  const follower = createFollower(pool, stream, subscriber, { idleWriteMs: IDLE_WRITE_MS });
  while (!signal.aborted) {
    await refresh();
    const step = await follower.step();
    const isBusy = await then(step);
    if (!step.hasMore && !isBusy) await sleep(beatMs, undefined, { signal }).catch(() => {});
  }
}
