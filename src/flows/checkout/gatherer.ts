import { err } from "#kernel/result.ts";
import type { Task } from "./task.ts";

export type GathererOptions = {
  /** Batches under way at once, one connection each. Two measured best (docs/performance.md). */
  readonly lanes: number;
  readonly maxBatch: number;
  /** Requests waiting beyond this are refused with `overloaded`: back-pressure instead of endless queues. */
  readonly maxWaiting: number;
};

export type GathererStats = { batches: number; tasks: number; largest: number; refused: number };

export type Gatherer = {
  submit(task: Task): void;
  /** Resolves when nothing waits or runs. */
  drain(): Promise<void>;
  readonly stats: GathererStats;
};

/** What must not be in two batches at once. */
export type LaneKey = string | number;

/**
 * Gathers requests into batches: while the lanes are busy, what arrives waits and makes the next batch. A member is in
 * one batch at a time, and in the order of arrival: tasks that share a lane key never run in two lanes.
 */
export function createGatherer(
  options: GathererOptions,
  laneKeys: (task: Task) => readonly LaneKey[],
  runBatch: (tasks: Task[], lane: number) => Promise<void>,
): Gatherer {
  let waiting: Task[] = [];
  const busy = new Set<LaneKey>();
  const freeLanes = Array.from({ length: options.lanes }, (_, lane) => lane);
  const stats: GathererStats = { batches: 0, tasks: 0, largest: 0, refused: 0 };
  let idle: (() => void)[] = [];
  let scheduled = false;

  const pick = (): { tasks: Task[]; keys: Set<LaneKey> } => {
    const tasks: Task[] = [];
    const keys = new Set<LaneKey>();
    const left: Task[] = [];
    for (const task of waiting) {
      const own = laneKeys(task);
      if (tasks.length >= options.maxBatch || own.some((key) => busy.has(key))) {
        left.push(task);
        continue;
      }
      for (const key of own) keys.add(key);
      tasks.push(task);
    }
    waiting = left;
    return { tasks, keys };
  };

  const start = (): void => {
    scheduled = false;
    while (freeLanes.length > 0 && waiting.length > 0) {
      const { tasks, keys } = pick();
      if (tasks.length === 0) return;
      const lane = freeLanes.pop() as number;
      for (const key of keys) busy.add(key);
      stats.batches++;
      stats.tasks += tasks.length;
      stats.largest = Math.max(stats.largest, tasks.length);
      void runBatch(tasks, lane)
        .catch((error: unknown) => {
          for (const task of tasks) task.fail(error);
        })
        .finally(() => {
          for (const key of keys) busy.delete(key);
          freeLanes.push(lane);
          start();
          if (waiting.length === 0 && freeLanes.length === options.lanes) {
            for (const done of idle) done();
            idle = [];
          }
        });
    }
  };

  return {
    stats,
    submit: (task) => {
      if (waiting.length >= options.maxWaiting) {
        stats.refused++;
        task.settle(err({ code: "overloaded", retryAfterSeconds: 1 }));
        return;
      }
      waiting.push(task);
      if (scheduled || freeLanes.length === 0) return;
      scheduled = true;
      // All that arrives in this turn of the event loop goes together.
      setImmediate(start);
    },
    drain: () =>
      waiting.length === 0 && freeLanes.length === options.lanes
        ? Promise.resolve()
        : new Promise((resolve) => idle.push(resolve)),
  };
}
