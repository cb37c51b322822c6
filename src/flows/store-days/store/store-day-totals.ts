import type { Pool } from "pg";
import { type Day, formatDay } from "#kernel/time.ts";

export type StoreDayTotal = {
  readonly partner: string;
  readonly store: string;
  readonly businessDay: Day;
  readonly receipts: number;
  readonly turnoverKopecks: number;
  readonly sentAt: number;
};

/** By primary key; the last one sent stands. */
const PUT = `
insert into store_day_total (partner, store, business_day, receipts, turnover_kopecks, sent_at)
values ($1, $2, $3, $4, $5, $6)
on conflict (partner, store, business_day) do update
set receipts = excluded.receipts, turnover_kopecks = excluded.turnover_kopecks, sent_at = excluded.sent_at,
  xid = excluded.xid`;

export async function putStoreDayTotal(pool: Pool, total: StoreDayTotal): Promise<void> {
  const { partner, store, businessDay, receipts, turnoverKopecks, sentAt } = total;
  await pool.query(PUT, [partner, store, formatDay(businessDay), receipts, turnoverKopecks, new Date(sentAt)]);
}
