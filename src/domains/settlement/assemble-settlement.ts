import type { Pool } from "pg";
import type { Month } from "#kernel/time.ts";
import { type Act, actOf, partnersOfActs } from "./core/act.ts";
import type { OpeningBalance } from "./core/funder-balance.ts";
import { type Settlement, settle } from "./core/settlement.ts";
import { type AccountTotal, type DayTotal, totalsOfMonth } from "./core/totals.ts";
import { readLastClosed } from "./store/settlements.ts";
import type { SettlementTerms } from "./terms.ts";

export type Assembled = {
  readonly settlement: Settlement;
  readonly totals: readonly AccountTotal[];
  readonly acts: readonly Act[];
};

/** The settlement of a month, from its sums and from what the last closed month before it ended with. */
export async function assembleSettlement(
  pool: Pool,
  month: Month,
  days: readonly DayTotal[],
  terms: SettlementTerms,
): Promise<Assembled> {
  const opening = await openingBalances(pool, month);
  const totals = totalsOfMonth(days);
  const settlement = settle({ ...terms, month, totals, opening });
  return { settlement, totals, acts: partnersOfActs(settlement).map((partner) => actOf(settlement, partner)) };
}

/** What each funder had outstanding at the end of the last closed month before this one. */
export async function openingBalances(pool: Pool, month: Month): Promise<readonly OpeningBalance[]> {
  const last = await readLastClosed(pool, month);
  return last?.document === undefined ? [] : (JSON.parse(last.document) as Settlement).balances;
}
