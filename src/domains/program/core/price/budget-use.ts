import type { PointsCents } from "#kernel/money.ts";
import { splitByLargestRemainder } from "#kernel/money.ts";
import type { EpochMs } from "#kernel/time.ts";
import type { CompiledProgramme, PlacedCap, PlacedRule, StoreTerms } from "../compile/compiled.ts";
import type { RuleResult } from "../types.ts";

export type BoughtAt = { readonly store: string; readonly at: EpochMs };

/**
 * What a receipt used of budgets that everybody shares, found again from the results stored of it and the version that it
 * was priced with. What waited for a top-up is not in it.
 */
export function budgetUseOf(
  rules: readonly RuleResult[],
  { store: storeId, at }: BoughtAt,
  programme: CompiledProgramme,
): (readonly [key: string, cents: PointsCents])[] {
  const store = programme.stores.get(storeId);
  if (store === undefined) return [];
  const { plan } = store.partner;
  const positions = new Map(plan.rules.map((rule, position) => [rule.terms.id, position]));
  const day = programme.calendar.dayOf(at);
  const uses: (readonly [string, PointsCents])[] = [];
  for (const cap of plan.caps) {
    if (!cap.terms.isShared || cap.terms.cover !== undefined) continue;
    let sum = 0;
    for (const result of rules) {
      const position = positions.get(result.rule);
      if (position === undefined || cap.applies[position] !== 1) continue;
      sum += countedOf(
        result,
        cap,
        plan.rules[position] as PlacedRule,
        plan.rules[positions.get(result.of ?? "") ?? -1],
      );
    }
    if (sum > 0) uses.push([cap.terms.keyFor(day, placeOf(cap, store)).key, sum]);
  }
  return uses;
}

function countedOf(
  result: RuleResult,
  { funder }: PlacedCap,
  rule: PlacedRule,
  target: PlacedRule | undefined,
): number {
  if (funder < 0) return result.pointsCents;
  const funders = rule.funders ?? target?.funders;
  const place = funders?.numbers.indexOf(funder) ?? -1;
  if (funders === undefined || place < 0) return 0;
  return splitByLargestRemainder(result.pointsCents, [...funders.weights])[place] ?? 0;
}

function placeOf({ terms: { countedBy } }: PlacedCap, store: StoreTerms): string {
  if (countedBy === undefined) return "";
  return countedBy === "partner" ? store.partner.id : countedBy === "brand" ? store.brand : store.id;
}
