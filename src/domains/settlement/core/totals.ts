import type { PartnerId } from "#kernel/ids.ts";
import type { PointsCents } from "#kernel/money.ts";
import { type Day, formatDay, formatMonth, type Month } from "#kernel/time.ts";

/** Accounts of the ledger as stored: ob pe ac he re ex ar. */
export type AccountCode = string;

/**
 * Sum of the movements of one month between two accounts. Both engines compute it, each from its own copy of the
 * operations; everything in a settlement follows from these sums.
 */
export type AccountTotal = {
  readonly fromAccount: AccountCode;
  readonly toAccount: AccountCode;
  readonly funder: PartnerId;
  /** Empty where nothing was redeemed. */
  readonly redeemer: PartnerId;
  /** For points given back (from `re`): the accounting month of the purchase, when it is earlier than this one. */
  readonly originMonth: Month | null;
  readonly cents: PointsCents;
};

/** The same per accounting day, so that a difference names the day it is on. */
export type DayTotal = AccountTotal & { readonly accountingDay: Day };

/** A sum in which the two replays differ; readable as it is. */
export type TotalDifference = {
  readonly day: string;
  readonly fromAccount: AccountCode;
  readonly toAccount: AccountCode;
  readonly funder: PartnerId;
  readonly redeemer?: PartnerId;
  readonly originMonth?: string;
  readonly warehouseCents: PointsCents;
  readonly ledgerCents: PointsCents;
};

/** Names a sum; sorts by day, then account, then partner. */
export function totalKey(total: DayTotal): string {
  return [
    total.accountingDay,
    total.fromAccount,
    total.toAccount,
    total.funder,
    total.redeemer,
    total.originMonth ?? "",
  ].join("|");
}

/** Compares the two replays sum by sum, to the cent: empty when they agree. Zero and absent are the same. */
export function compareTotals(warehouse: readonly DayTotal[], ledger: readonly DayTotal[]): TotalDifference[] {
  const left = sumByKey(warehouse);
  const right = sumByKey(ledger);
  const keys = [...new Set([...left.keys(), ...right.keys()])].sort();
  const differences: TotalDifference[] = [];
  for (const key of keys) {
    const warehouseCents = left.get(key)?.cents ?? 0;
    const ledgerCents = right.get(key)?.cents ?? 0;
    if (warehouseCents === ledgerCents) continue;
    const total = (left.get(key) ?? right.get(key)) as DayTotal;
    differences.push({
      day: formatDay(total.accountingDay),
      fromAccount: total.fromAccount,
      toAccount: total.toAccount,
      funder: total.funder,
      ...(total.redeemer === "" ? {} : { redeemer: total.redeemer }),
      ...(total.originMonth === null ? {} : { originMonth: formatMonth(total.originMonth) }),
      warehouseCents,
      ledgerCents,
    });
  }
  return differences;
}

function sumByKey(totals: readonly DayTotal[]): Map<string, DayTotal> {
  const sums = new Map<string, DayTotal>();
  for (const total of totals) {
    const key = totalKey(total);
    const before = sums.get(key);
    sums.set(key, before ? { ...before, cents: before.cents + total.cents } : total);
  }
  return sums;
}

/** Adds the days of a month together, sorted, zero sums kept (a line that came to nothing still has receipts). */
export function totalsOfMonth(days: readonly DayTotal[]): AccountTotal[] {
  const sums = new Map<string, AccountTotal>();
  for (const { accountingDay: _, ...total } of days) {
    const key = totalKey({ ...total, accountingDay: 0 });
    const before = sums.get(key);
    sums.set(key, before ? { ...before, cents: before.cents + total.cents } : total);
  }
  return [...sums.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, total]) => total);
}
