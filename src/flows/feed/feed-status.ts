import type { EpochMs } from "#kernel/time.ts";
import type { FeedDeps } from "./deps.ts";
import { countWaiting, readHorizon } from "./store/pages.ts";
import { readPosition } from "./store/position.ts";

/** Rows waiting are counted up to this many. */
const WAITING_LIMIT = 100_000;

export type FeedNodeStatus = {
  readonly node: number;
  /** Everything written by transactions below it is in the warehouse. */
  readonly nextXid: number;
  readonly lastBatch: number;
  readonly movedOperations: number;
  readonly waitingOperations: number;
  readonly waitingIsExact: boolean;
  /**
   * How far the warehouse is behind: age of the oldest operation that waits, or 0 when none does. What the last batch had when it arrived
   * is `lastLagMs`.
   */
  readonly lagMs: number;
  readonly lastLagMs?: number;
  readonly newestPostedAt?: EpochMs;
  readonly movedAt?: EpochMs;
  /** Why the last attempt failed; absent after a success. */
  readonly error?: string;
};

export type FeedStatus = { readonly nodes: readonly FeedNodeStatus[]; readonly lagMs: number };

/** Where the feed stands; may be asked by any process. */
export async function feedStatus(deps: Pick<FeedDeps, "pool" | "nodes" | "clock">): Promise<FeedStatus> {
  const nodes = await Promise.all(
    deps.nodes.map(async ({ node, pool }): Promise<FeedNodeStatus> => {
      const position = await readPosition(deps.pool, node);
      const waiting = await countWaiting(pool, position.nextXid, WAITING_LIMIT + 1);
      const { newestPostedAt, movedAt, error } = position;
      return {
        node,
        nextXid: position.nextXid,
        lastBatch: position.nextBatch - 1,
        movedOperations: position.movedOperations,
        waitingOperations: Math.min(waiting.operations, WAITING_LIMIT),
        waitingIsExact: waiting.operations <= WAITING_LIMIT,
        lagMs: waiting.oldest === undefined ? 0 : Math.max(0, deps.clock.now() - waiting.oldest),
        ...(position.lagMs === undefined ? {} : { lastLagMs: position.lagMs }),
        ...(newestPostedAt === undefined ? {} : { newestPostedAt }),
        ...(movedAt === undefined ? {} : { movedAt }),
        ...(error === undefined ? {} : { error }),
      };
    }),
  );
  return { nodes, lagMs: Math.max(0, ...nodes.map((each) => each.lagMs)) };
}

/** A point in every node's stream of transactions; the feed has passed it when it has moved all that was written before. */
export type FeedMark = readonly { readonly node: number; readonly xid: number }[];

/** Everything that was committed before this call lies below the mark. */
export async function markNow(deps: Pick<FeedDeps, "nodes">): Promise<FeedMark> {
  return Promise.all(deps.nodes.map(async ({ node, pool }) => ({ node, xid: await readNextXid(pool) })));
}

/** The first id not yet given out: every transaction that has ended, and every one that runs, is below it. */
const NEXT_XID = "select pg_snapshot_xmax(pg_current_snapshot())::text as xid";

async function readNextXid(pool: FeedDeps["pool"]): Promise<number> {
  const { rows } = await pool.query<{ xid: string }>(NEXT_XID);
  return Number(rows[0]?.xid);
}

/** Grows with every batch: tells whether the feed is moving. */
export async function movedOperations(deps: Pick<FeedDeps, "pool" | "nodes">): Promise<number> {
  const positions = await Promise.all(deps.nodes.map(({ node }) => readPosition(deps.pool, node)));
  return positions.reduce((sum, position) => sum + position.movedOperations, 0);
}

/** Index only; a position stands still while nothing is written, so what matters is whether rows wait below the mark. */
const ROWS_BELOW = `
select exists (select from operation where xid >= $1 and xid < $2)
    or exists (select from anonymous_receipt where xid >= $1 and xid < $2)
    or exists (select from store_day_total where xid >= $1 and xid < $2) as waiting`;

export async function hasPassed(deps: Pick<FeedDeps, "pool" | "nodes">, mark: FeedMark): Promise<boolean> {
  for (const { node, xid } of mark) {
    const pool = deps.nodes.find((each) => each.node === node)?.pool ?? deps.pool;
    const position = await readPosition(deps.pool, node);
    if (position.nextXid >= xid) continue;
    if ((await readHorizon(pool)) < xid) return false;
    const { rows } = await pool.query<{ waiting: boolean }>(ROWS_BELOW, [position.nextXid, xid]);
    if (rows[0]?.waiting !== false) return false;
  }
  return true;
}
