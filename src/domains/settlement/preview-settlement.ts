import type { Pool } from "pg";
import { firstDayOf, type Month } from "#kernel/time.ts";
import type { ClickHouseClient } from "#platform/clickhouse/client.ts";
import { funderBalances } from "./core/funder-balance.ts";
import { type Settlement, settle } from "./core/settlement.ts";
import { totalsOfMonth } from "./core/totals.ts";
import { readLastClosed } from "./store/settlements.ts";
import { warehouseSumsBetween, warehouseTotals } from "./store/warehouse-totals.ts";
import type { SettlementTerms } from "./terms.ts";

/**
 * A month that is not closed, as it stands: computed from the warehouse, so behind by the feed's lag, and still to change. Months
 * between it and the last closed one count for what is outstanding.
 */
export async function previewSettlement(
  pool: Pool,
  warehouse: ClickHouseClient,
  month: Month,
  terms: SettlementTerms,
): Promise<Settlement> {
  const last = await readLastClosed(pool, month);
  const closed = last?.document === undefined ? [] : (JSON.parse(last.document) as Settlement).balances;
  const from = last === undefined ? 0 : firstDayOf(last.month + 1);
  const between = await warehouseSumsBetween(warehouse, from, firstDayOf(month));
  const opening = funderBalances(between, closed, 0);
  const totals = totalsOfMonth(await warehouseTotals(warehouse, month));
  return settle({ ...terms, month, totals, opening });
}
