import {
  type BoughtAt,
  BUDGET_PREFIX,
  budgetUseOf,
  COVER_PREFIX,
  type CompiledProgramme,
} from "#domains/program/index.ts";
import type { PointsCents } from "#kernel/money.ts";
import type { PurchaseRow } from "./rows.ts";

export type BudgetLeft = (key: string, limitCents: PointsCents) => PointsCents;

/** The cap of a budget's key: `b:CAP|PERIOD` or `b:CAP|PERIOD|PLACE`; a cover's key is its cap's id. */
export function budgetOf(key: string): string {
  return key.startsWith(COVER_PREFIX) ? key : key.slice(BUDGET_PREFIX.length, key.indexOf("|"));
}

/** Whether any of a receipt's rules was cut by what everybody shares; members' own caps are replayed. */
export function isCutByShared(row: PurchaseRow, programme: CompiledProgramme): boolean {
  return row.rules.some(({ cappedBy }) => cappedBy !== "" && isShared(cappedBy, programme));
}

function isShared(cap: string, programme: CompiledProgramme): boolean {
  return cap.startsWith(COVER_PREFIX) || programme.caps.get(cap)?.isShared === true;
}

/** Budgets without an end; deposits as they are. */
export const ENDLESS: BudgetLeft = (key, limitCents) =>
  key.startsWith(COVER_PREFIX) ? limitCents : Number.POSITIVE_INFINITY;

const FULL: BudgetLeft = (_, limitCents) => limitCents;

/** What budgets would have had without an end, deposits as they were. */
export function endless(booked: BudgetLeft | undefined): BudgetLeft {
  if (booked === undefined) return ENDLESS;
  return (key, limitCents) => (key.startsWith(COVER_PREFIX) ? booked(key, limitCents) : Number.POSITIVE_INFINITY);
}

/**
 * What was left of budgets when a receipt came is not stored, but what one that ran out gave is: it had just that left.
 * Undefined where none cut the receipt; of those that did not, `others` says what was left.
 */
export function budgetsAsBooked(
  row: PurchaseRow,
  programme: CompiledProgramme,
  others: BudgetLeft = FULL,
): BudgetLeft | undefined {
  if (!isCutByShared(row, programme)) return undefined;
  const { store, at } = row.receipt;
  const bought: BoughtAt = { store, at };
  const rules = row.rules.map(({ rule, pointsCents }) => ({ rule, pointsCents, baseKopecks: 0, uncappedCents: 0 }));
  const used = new Map(budgetUseOf(rules, bought, programme));
  const cuts = new Set(row.rules.map(({ cappedBy }) => cappedBy));
  const paid = new Map<string, number>();
  for (const { funder, cents } of row.shares) paid.set(funder, (paid.get(funder) ?? 0) + cents);
  return (key, limitCents) => {
    if (!cuts.has(budgetOf(key))) return others(key, limitCents);
    return key.startsWith(COVER_PREFIX) ? (paid.get(key.slice(COVER_PREFIX.length)) ?? 0) : (used.get(key) ?? 0);
  };
}
