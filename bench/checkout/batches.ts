import type { Pool } from "pg";
import { rounded } from "../lib/bench.ts";

/** The first transaction that has not begun yet. */
export async function nextXid(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ xid: string }>("select pg_snapshot_xmax(pg_current_snapshot())::text as xid");
  return Number(rows[0]?.xid);
}

/** Operations by transaction since `fromXid`: a batch is a transaction. Index only (operation_feed). */
export async function batchSizes(pool: Pool, fromXid: number): Promise<Record<string, number>> {
  const { rows } = await pool.query<{ batches: number; mean: number; max: number }>(
    `select count(*)::int as batches, coalesce(avg(operations), 0)::float8 as mean, coalesce(max(operations), 0)::int as max
     from (select count(*) as operations from operation where xid >= $1 group by xid) as batch`,
    [fromXid],
  );
  return { count: rows[0]?.batches ?? 0, mean: rounded(rows[0]?.mean ?? 0, 1), max: rows[0]?.max ?? 0 };
}
