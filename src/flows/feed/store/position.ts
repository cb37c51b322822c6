import type { Pool } from "pg";
import { invariant } from "#kernel/invariant.ts";
import type { EpochMs } from "#kernel/time.ts";

export type FeedPosition = {
  readonly node: number;
  readonly stream: string;
  readonly nextXid: number;
  readonly nextBatch: number;
  readonly movedOperations: number;
  readonly newestPostedAt?: EpochMs;
  readonly lagMs?: number;
  readonly movedAt?: EpochMs;
  readonly error?: string;
};

/** Rows written by transactions [fromXid, toXid). */
export type FeedBatch = {
  readonly node: number;
  readonly batch: number;
  readonly fromXid: number;
  readonly toXid: number;
  readonly operations: number;
  readonly anonymous: number;
  readonly dayTotals: number;
};

type PositionRow = {
  stream: string;
  next_xid: string;
  next_batch: string;
  moved_operations: string;
  newest_posted_at: Date | null;
  lag_ms: string | null;
  moved_at: Date | null;
  error: string | null;
};

/** By primary key. */
const READ_POSITION = `
select stream, next_xid, next_batch, moved_operations, newest_posted_at, lag_ms, moved_at, error
from feed_position where node = $1`;

export async function readPosition(pool: Pool, node: number): Promise<FeedPosition> {
  const { rows } = await pool.query<PositionRow>(READ_POSITION, [node]);
  const row = rows[0];
  invariant(row, `no feed position of node ${node}`);
  return {
    node,
    stream: row.stream,
    nextXid: Number(row.next_xid),
    nextBatch: Number(row.next_batch),
    movedOperations: Number(row.moved_operations),
    ...(row.newest_posted_at === null ? {} : { newestPostedAt: row.newest_posted_at.getTime() }),
    ...(row.lag_ms === null ? {} : { lagMs: Number(row.lag_ms) }),
    ...(row.moved_at === null ? {} : { movedAt: row.moved_at.getTime() }),
    ...(row.error === null ? {} : { error: row.error }),
  };
}

type BatchRow = { from_xid: string; to_xid: string; operations: number; anonymous: number; day_totals: number };

/** By primary key. */
const READ_BATCH = `
select from_xid, to_xid, operations, anonymous, day_totals from feed_batch where node = $1 and batch = $2`;

export async function readBatch(pool: Pool, node: number, batch: number): Promise<FeedBatch | undefined> {
  const { rows } = await pool.query<BatchRow>(READ_BATCH, [node, batch]);
  const row = rows[0];
  if (!row) return undefined;
  return {
    node,
    batch,
    fromXid: Number(row.from_xid),
    toXid: Number(row.to_xid),
    operations: row.operations,
    anonymous: row.anonymous,
    dayTotals: row.day_totals,
  };
}

/** By primary key; of two processes that plan the same batch one wins, and both send what the winner wrote down. */
const RECORD_BATCH = `
insert into feed_batch (node, batch, from_xid, to_xid, operations, anonymous, day_totals, recorded_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (node, batch) do nothing`;

export async function recordBatch(pool: Pool, batch: FeedBatch, now: EpochMs): Promise<FeedBatch> {
  const { node, fromXid, toXid, operations, anonymous, dayTotals } = batch;
  const values = [node, batch.batch, fromXid, toXid, operations, anonymous, dayTotals, new Date(now)];
  await pool.query(RECORD_BATCH, values);
  const recorded = await readBatch(pool, node, batch.batch);
  invariant(recorded, `feed batch ${batch.batch} is not recorded`);
  return recorded;
}

/** Two rows by primary key, position first. Moves the position only from where the batch began, so once. */
const ACKNOWLEDGE = `
with moved as (
  update feed_position
  set next_xid = $4, next_batch = $2 + 1, moved_operations = moved_operations + $5, newest_posted_at = coalesce($6, newest_posted_at),
      lag_ms = $7, moved_at = $8, error = null, failed_at = null
  where node = $1 and next_batch = $2 and next_xid <= $3
  returning node
)
update feed_batch set acknowledged_at = $8 where node = $1 and batch = $2 and exists (select from moved)`;

export type Acknowledgement = {
  readonly newestPostedAt: EpochMs | undefined;
  readonly lagMs: number;
  readonly now: EpochMs;
};

/** Returns false when another process has acknowledged the batch before. */
export async function acknowledgeBatch(pool: Pool, batch: FeedBatch, ack: Acknowledgement): Promise<boolean> {
  const { rowCount } = await pool.query(ACKNOWLEDGE, [
    batch.node,
    batch.batch,
    batch.fromXid,
    batch.toXid,
    batch.operations,
    ack.newestPostedAt === undefined ? null : new Date(ack.newestPostedAt),
    ack.lagMs,
    new Date(ack.now),
  ]);
  return rowCount === 1;
}

/** By primary key. */
const NOTE_FAILURE = "update feed_position set error = $2, failed_at = $3 where node = $1";

export async function noteFailure(pool: Pool, node: number, error: string, now: EpochMs): Promise<void> {
  await pool.query(NOTE_FAILURE, [node, error.slice(0, 2_000), new Date(now)]);
}

/** A range of the primary key; what went out long ago can't come back. */
const PRUNE = "delete from feed_batch where node = $1 and batch < $2";

export async function pruneBatches(pool: Pool, node: number, beforeBatch: number): Promise<void> {
  await pool.query(PRUNE, [node, beforeBatch]);
}

/** Two tables by primary key. A new stream, so that no old token stands in the way. */
const FORGET_BATCHES = "delete from feed_batch where node = $1";
const REWIND = `
update feed_position
set stream = $2, next_xid = 0, next_batch = 1, moved_operations = 0, newest_posted_at = null, lag_ms = null, moved_at = null
where node = $1 and stream = $3`;

/** Begins again with the first operation. */
export async function rewindPosition(pool: Pool, position: FeedPosition, stream: string): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    const { rowCount } = await client.query(REWIND, [position.node, stream, position.stream]);
    if (rowCount === 1) await client.query(FORGET_BATCHES, [position.node]);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => {});
    throw error;
  } finally {
    client.release();
  }
}
