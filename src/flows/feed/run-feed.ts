import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { DEFAULT_LIMITS, type PaceLimits, pauseMs, rowLimit } from "./core/pace.ts";
import type { FeedDeps, FeedNode } from "./deps.ts";
import { type Moved, moveBatch } from "./move-batch.ts";
import { noteFailure, readPosition, rewindPosition } from "./store/position.ts";

/**
 * Moves operations to the warehouse until `signal` fires. Failures are told to `onEvent`, noted in `feed_position` and tried again,
 * ever more slowly; nothing but the signal ends the loop. Two of these at once do no harm: the same ranges carry the same tokens.
 */
export async function runFeed(deps: FeedDeps, signal: AbortSignal): Promise<void> {
  await Promise.all(deps.nodes.map((node) => runNode(deps, node, signal)));
}

async function runNode(deps: FeedDeps, node: FeedNode, signal: AbortSignal): Promise<void> {
  const limits: PaceLimits = { ...DEFAULT_LIMITS, ...deps.limits };
  let last: Moved | undefined;
  let failuresInARow = 0;
  let isChecked = false;
  while (!signal.aborted) {
    const startedAt = performance.now();
    let moved: Moved | undefined;
    try {
      if (!isChecked) await rewindIfEmpty(deps, node);
      isChecked = true;
      moved = await moveBatch(deps, node, rowLimit(limits, last?.rows ?? 0, last?.bytes ?? 0), signal);
      failuresInARow = 0;
    } catch (error) {
      if (signal.aborted) return;
      failuresInARow++;
      deps.onEvent?.({ event: "failed", error, failuresInARow });
      // The database itself may be what failed.
      await noteFailure(deps.pool, node.node, String(error), deps.clock.now()).catch(() => {});
    }
    const tookMs = Math.round(performance.now() - startedAt);
    if (moved) {
      last = moved;
      const { batch, rows, bytes, lagMs } = moved;
      deps.onEvent?.({ event: "moved", batch: batch.batch, rows, bytes, tookMs, lagMs });
    }
    const pause = pauseMs(limits, { tookMs, isFull: moved?.isFull ?? false, failuresInARow });
    await sleep(pause, undefined, { signal }).catch(() => {});
  }
}

/**
 * A warehouse that lost its folder has nothing while the position says otherwise: then everything is sent again, from the
 * first operation on. A warehouse that has anything is left alone.
 */
export async function rewindIfEmpty(deps: FeedDeps, from: FeedNode): Promise<boolean> {
  const position = await readPosition(deps.pool, from.node);
  if (position.movedOperations === 0) return false;
  const answer = await deps.warehouse.query({
    query: "select 1 as there from operation limit 1",
    format: "JSONEachRow",
  });
  if ((await answer.json()).length > 0) return false;
  await rewindPosition(deps.pool, position, randomUUID());
  deps.onEvent?.({ event: "rewound", movedOperations: position.movedOperations });
  return true;
}
