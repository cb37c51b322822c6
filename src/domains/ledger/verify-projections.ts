import { Worker } from "node:worker_threads";
import type { Pool } from "pg";
import { BUCKETS } from "#kernel/ids.ts";
import { type Calendar, formatInstant } from "#kernel/time.ts";
import { type ExportedSnapshot, exportSnapshot, openSnapshot } from "./store/snapshot.ts";
import { type BucketRange, type Difference, KEPT_DIFFERENCES, type Tally, verifyRange } from "./verify-range.ts";
import type { VerifyThreadData } from "./verify-thread.ts";

export type VerifyReport = {
  readonly asOf: string;
  readonly members: number;
  readonly operations: number;
  readonly lots: number;
  /** The first differences; `differenceCount` has all. */
  readonly differences: readonly Difference[];
  readonly differenceCount: number;
  readonly seconds: number;
};

export type VerifyOptions = {
  readonly calendar: Calendar;
  readonly now: () => number;
  /** Ranges read side by side, a connection and a thread each; 2 unless given. */
  readonly lanes?: number;
  /** Where the threads connect to. Without it everything runs in this one: for small ledgers. */
  readonly url?: string;
  readonly onProgress?: (done: number, of: number) => void;
};

/**
 * A range's stored rows are in memory at once, about 1 KB an operation. So few die young, uncopied: 15 % faster than
 * 250,000 at a time; fewer cost PostgreSQL more. There are at most as many ranges as buckets.
 */
const OPERATIONS_PER_RANGE = 5_000;

/** Takes a range to its tally. */
type Lane = { verify(range: BucketRange): Promise<Tally>; end(): Promise<void> };

/**
 * Rebuilds every wallet, lot, hold and return from the operations alone and compares them with what is stored, as of one
 * snapshot of the database, so that traffic may go on meanwhile. Reads everything once, a range of buckets at a time.
 */
export async function verifyProjections(pool: Pool, options: VerifyOptions): Promise<VerifyReport> {
  const startedAt = options.now();
  const keeper = await pool.connect();
  try {
    const exported = await exportSnapshot(keeper);
    const ranges = splitBuckets(Math.ceil(exported.operations / OPERATIONS_PER_RANGE));
    const total: Tally = { members: 0, operations: 0, lots: 0, differences: [], differenceCount: 0 };
    let next = 0;
    let done = 0;
    const run = async (): Promise<void> => {
      const lane = await openLane(pool, exported, options);
      try {
        for (let range = ranges[next++]; range; range = ranges[next++]) {
          add(total, await lane.verify(range));
          options.onProgress?.(++done, ranges.length);
        }
      } finally {
        await lane.end();
      }
    };
    await Promise.all(Array.from({ length: Math.min(options.lanes ?? 2, ranges.length) }, run));
    return { ...total, asOf: formatInstant(startedAt), seconds: (options.now() - startedAt) / 1000 };
  } finally {
    await keeper.query("rollback");
    keeper.release();
  }
}

function openLane(pool: Pool, exported: ExportedSnapshot, options: VerifyOptions): Promise<Lane> {
  const { url, calendar } = options;
  return url === undefined
    ? laneHere(pool, exported.snapshot, calendar)
    : laneInThread({ url, snapshot: exported.snapshot, timeZone: calendar.timeZone });
}

async function laneHere(pool: Pool, snapshot: string, calendar: Calendar): Promise<Lane> {
  const client = await pool.connect();
  await openSnapshot(client, snapshot);
  return {
    verify: (range) => verifyRange(client, range, calendar),
    end: async () => {
      await client.query("rollback");
      client.release();
    },
  };
}

async function laneInThread(workerData: VerifyThreadData): Promise<Lane> {
  const thread = new Worker(new URL("./verify-thread.ts", import.meta.url), {
    workerData,
    // A range's rows live for seconds: with the usual 16 MB they would be copied again and again.
    resourceLimits: { maxYoungGenerationSizeMb: 128 },
  });
  const ended = new Promise<never>((_, reject) => {
    thread.once("error", reject);
    thread.once("exit", (code) => reject(new Error(`a thread of verify ended with ${code}`)));
  });
  ended.catch(() => {}); // whoever waits for an answer gets it
  const answer = <T>(): Promise<T> =>
    Promise.race([new Promise<T>((resolve) => thread.once("message", resolve)), ended]);
  await answer<"ready">();
  return {
    verify: (range) => {
      const tally = answer<Tally>();
      thread.postMessage(range);
      return tally;
    },
    end: async () => {
      const exited = new Promise((resolve) => thread.once("exit", resolve));
      thread.postMessage("end");
      await Promise.race([exited, ended.catch(() => {})]);
    },
  };
}

function add(total: Tally, tally: Tally): void {
  total.members += tally.members;
  total.operations += tally.operations;
  total.lots += tally.lots;
  total.differenceCount += tally.differenceCount;
  total.differences.push(...tally.differences.slice(0, KEPT_DIFFERENCES - total.differences.length));
}

function splitBuckets(parts: number): BucketRange[] {
  const count = Math.min(BUCKETS, Math.max(2, parts));
  return Array.from({ length: count }, (_, i) => ({
    from: Math.floor((i * BUCKETS) / count),
    to: Math.floor(((i + 1) * BUCKETS) / count) - 1,
  }));
}
