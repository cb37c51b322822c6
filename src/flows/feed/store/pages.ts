import type { Pool } from "pg";
import type { EpochMs } from "#kernel/time.ts";
import type { Page } from "../core/cut.ts";

/**
 * The oldest transaction still running at this node. Rows of transactions below it are all there to be seen or never
 * will be: every later statement sees the same ones, so a range below it can be read again with the same result.
 */
const HORIZON = "select pg_snapshot_xmin(pg_current_snapshot())::text as xid";

export async function readHorizon(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ xid: string }>(HORIZON);
  return Number(rows[0]?.xid);
}

/**
 * Each table's first rows by its index on xid, then the first of all: however long the backlog is, no more than three times the limit
 * is looked at. (A limit on the union alone made PostgreSQL read and sort the whole backlog.) 10 ms for 20,000.
 */
const READ_PAGE = `
with page as (
  (select xid from operation where xid >= $1 and xid < $2 order by xid limit $3)
  union all
  (select xid from anonymous_receipt where xid >= $1 and xid < $2 order by xid limit $3)
  union all
  (select xid from store_day_total where xid >= $1 and xid < $2 order by xid limit $3)
  order by xid limit $3
)
select count(*)::int as rows, min(xid) as first_xid, max(xid) as last_xid from page`;

export async function readPage(pool: Pool, fromXid: number, horizonXid: number, limit: number): Promise<Page> {
  const { rows } = await pool.query<{ rows: number; first_xid: string | null; last_xid: string | null }>(READ_PAGE, [
    fromXid,
    horizonXid,
    limit,
  ]);
  const row = rows[0];
  return { rows: row?.rows ?? 0, firstXid: Number(row?.first_xid ?? 0), lastXid: Number(row?.last_xid ?? 0) };
}

/** The same indexes, a batch's range. */
const COUNT_RANGE = `
select (select count(*) from operation where xid >= $1 and xid < $2)::int as operations,
       (select count(*) from anonymous_receipt where xid >= $1 and xid < $2)::int as anonymous,
       (select count(*) from store_day_total where xid >= $1 and xid < $2)::int as day_totals`;

export type RangeCounts = { readonly operations: number; readonly anonymous: number; readonly dayTotals: number };

export async function countRange(pool: Pool, fromXid: number, toXid: number): Promise<RangeCounts> {
  const { rows } = await pool.query<{ operations: number; anonymous: number; day_totals: number }>(COUNT_RANGE, [
    fromXid,
    toXid,
  ]);
  const row = rows[0];
  return { operations: row?.operations ?? 0, anonymous: row?.anonymous ?? 0, dayTotals: row?.day_totals ?? 0 };
}

/** One probe of operation_feed at each end. */
const POSTING_TIMES = `
select (select posted_at from operation where xid >= $1 and xid < $2 order by xid limit 1) as oldest,
       (select posted_at from operation where xid >= $1 and xid < $2 order by xid desc limit 1) as newest`;

export async function readPostingTimes(
  pool: Pool,
  fromXid: number,
  toXid: number,
): Promise<{ oldest?: EpochMs; newest?: EpochMs }> {
  const { rows } = await pool.query<{ oldest: Date | null; newest: Date | null }>(POSTING_TIMES, [fromXid, toXid]);
  const { oldest, newest } = rows[0] ?? { oldest: null, newest: null };
  return {
    ...(oldest ? { oldest: oldest.getTime() } : {}),
    ...(newest ? { newest: newest.getTime() } : {}),
  };
}

/** Index only, stopped at the limit. */
const COUNT_WAITING = `
select (select count(*) from (select from operation where xid >= $1 limit $2) as waiting)::int as operations,
       (select posted_at from operation where xid >= $1 order by xid limit 1) as oldest`;

export async function countWaiting(
  pool: Pool,
  fromXid: number,
  limit: number,
): Promise<{ operations: number; oldest?: EpochMs }> {
  const { rows } = await pool.query<{ operations: number; oldest: Date | null }>(COUNT_WAITING, [fromXid, limit]);
  const row = rows[0];
  return { operations: row?.operations ?? 0, ...(row?.oldest ? { oldest: row.oldest.getTime() } : {}) };
}
