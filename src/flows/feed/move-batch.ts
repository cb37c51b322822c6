import { cutAt } from "./core/cut.ts";
import type { FeedDeps, FeedNode } from "./deps.ts";
import { ANONYMOUS_RECEIPTS, OPERATIONS, STORE_DAY_TOTALS } from "./store/copies.ts";
import { countRange, readHorizon, readPage, readPostingTimes } from "./store/pages.ts";
import {
  acknowledgeBatch,
  type FeedBatch,
  type FeedPosition,
  pruneBatches,
  readBatch,
  readPosition,
  recordBatch,
} from "./store/position.ts";
import { sendRange } from "./store/send.ts";

/** Batches kept for looking at, and how often older ones are removed. */
const KEPT_BATCHES = 2_000;
const PRUNE_EVERY = 100;

export type Moved = {
  readonly batch: FeedBatch;
  readonly rows: number;
  readonly bytes: number;
  /** Age of the batch's oldest row when the warehouse had it. */
  readonly lagMs: number;
  /** The batch took as many rows as it was allowed to: there may be more. */
  readonly isFull: boolean;
};

/**
 * Moves the next batch of one node, or nothing. The range is written down before it is sent and the position moves after
 * the warehouse has answered; whatever dies in between, the next call sends the same range under the same token.
 */
export async function moveBatch(
  deps: FeedDeps,
  from: FeedNode,
  limit: number,
  signal: AbortSignal,
): Promise<Moved | undefined> {
  const step = async (name: Parameters<NonNullable<FeedDeps["onStep"]>>[0]) => deps.onStep?.(name);
  const position = await readPosition(deps.pool, from.node);
  const batch =
    (await readBatch(deps.pool, from.node, position.nextBatch)) ?? (await planBatch(deps, from, position, limit));
  if (!batch) return undefined;
  await step("recorded");
  let bytes = 0;
  const send = async (copied: typeof OPERATIONS, rows: number) => {
    if (rows === 0) return;
    bytes += await sendRange(from.pool, deps.warehouse, copied, batch, position.stream, signal);
  };
  await send(OPERATIONS, batch.operations);
  await step("operations-sent");
  await send(ANONYMOUS_RECEIPTS, batch.anonymous);
  await send(STORE_DAY_TOTALS, batch.dayTotals);
  await step("all-sent");
  const times = await readPostingTimes(from.pool, batch.fromXid, batch.toXid);
  const now = deps.clock.now();
  const lagMs = times.oldest === undefined ? 0 : Math.max(0, now - times.oldest);
  await acknowledgeBatch(deps.pool, batch, { newestPostedAt: times.newest, lagMs, now });
  await step("acknowledged");
  if (batch.batch % PRUNE_EVERY === 0) await pruneBatches(deps.pool, from.node, batch.batch - KEPT_BATCHES);
  const rows = batch.operations + batch.anonymous + batch.dayTotals;
  return { batch, rows, bytes, lagMs, isFull: rows * 2 > limit };
}

/** Transaction ids only grow within a cluster. Found before anything is skipped for ever. */
const RESTORED =
  "the database's transactions are behind the feed's position: it was restored from a dump. Set operation.xid, anonymous_receipt.xid and store_day_total.xid to 0, empty the warehouse and set feed_position.next_xid to 0";

async function planBatch(
  deps: FeedDeps,
  from: FeedNode,
  position: FeedPosition,
  limit: number,
): Promise<FeedBatch | undefined> {
  const horizon = await readHorizon(from.pool);
  if (horizon < position.nextXid) throw new Error(RESTORED);
  const page = await readPage(from.pool, position.nextXid, horizon, limit);
  if (page.rows === 0) return undefined;
  const toXid = cutAt(page, limit, horizon);
  const counts = await countRange(from.pool, position.nextXid, toXid);
  const planned = { node: from.node, batch: position.nextBatch, fromXid: position.nextXid, toXid, ...counts };
  await deps.onStep?.("planned");
  return recordBatch(deps.pool, planned, deps.clock.now());
}
