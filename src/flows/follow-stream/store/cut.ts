import type { Pool } from "pg";

/**
 * One scan of operation_feed and one of partner_event_feed, each stopped one row behind the limit. Rows of transactions
 * below pg_snapshot_xmin are all there or never will be, so a range below it is complete however often it is read.
 */
const CUT = `
select h.xid as horizon, o.count as operations, o.first as first_operation, o.last as last_operation,
       e.count as events, e.first as first_event, e.last as last_event
from (select pg_snapshot_xmin(pg_current_snapshot())::text::int8 as xid) as h
cross join lateral (select count(*)::int as count, min(xid) as first, max(xid) as last from (
  select xid from operation where xid >= $1 and xid < h.xid order by xid limit $2::int + 1) as x) as o
cross join lateral (select count(*)::int as count, min(xid) as first, max(xid) as last from (
  select xid from partner_event where xid >= $1 and xid < h.xid order by xid limit $2::int + 1) as x) as e`;

type Row = {
  horizon: number;
  operations: number;
  first_operation: number | null;
  last_operation: number | null;
  events: number;
  first_event: number | null;
  last_event: number | null;
};

/** Transactions [from, to), whole ones only. */
export type Cut = {
  readonly from: number;
  readonly to: number;
  /** Operations and events, about: at most so many were looked at. */
  readonly rows: number;
  /** There is more at once. */
  readonly isFull: boolean;
};

/** The next stretch of the stream; undefined when nothing is in it yet. */
export async function cutStretch(pool: Pool, from: number, limit: number, before?: number): Promise<Cut | undefined> {
  const { rows } = await pool.query<Row>({ name: "cut-stretch", text: CUT, values: [from, limit] });
  const row = rows[0];
  if (row === undefined || row.operations + row.events === 0) return undefined;
  const ends = [
    endOf(row.operations > limit, row.first_operation, row.last_operation),
    endOf(row.events > limit, row.first_event, row.last_event),
  ].filter((end) => end !== undefined);
  const end = Math.min(row.horizon, ...ends);
  const to = before !== undefined && before > from ? Math.min(before, end) : end;
  return { from, to, rows: Math.min(limit, row.operations + row.events), isFull: to < row.horizon };
}

/** Where a table's rows are cut: before the transaction of the row behind the limit, unless it is the only one. */
function endOf(isCut: boolean, first: number | null, last: number | null): number | undefined {
  if (!isCut || first === null || last === null) return undefined;
  return last > first ? last : last + 1;
}
