import type { Effect, RuleTerms } from "../compile/compiled.ts";
import { tenderedKopecks } from "../compile/conditions.ts";
import { lineFits } from "./eligible.ts";
import type { Scratch } from "./scratch.ts";
import { splitInto } from "./split.ts";

/** Fills the row of a rule with the money part of each line that fits; false when none does. */
export function fillBase(rule: RuleTerms, row: number, s: Scratch): boolean {
  const { condition, effect } = rule;
  const at = row * s.lineCount;
  let sum = 0;
  let fitting = 0;
  for (let i = 0; i < s.lineCount; i++) {
    s.bases[at + i] = 0;
    const amount = s.lineAmount[i] as number;
    if (amount === 0 && !s.programme.receipts.countZero) continue;
    if (!lineFits(condition, s, i) || rateOf(effect, s, i) < 0) continue;
    const base = amount - (s.linePaid[i] as number);
    s.bases[at + i] = base;
    sum += base;
    fitting++;
  }
  if (sum < condition.eligibleFrom || sum >= condition.eligibleBelow) return false;
  if (rule.paidBy !== undefined) sum = boundByTender(tenderedKopecks(rule.paidBy, s), sum, at, s);
  if (rule.takesDeliveryFee) sum += s.deliveryMoneyKopecks;
  s.base[row] = sum;
  return fitting > 0 && (sum > 0 || (effect.kind === "fixed" && s.totalKopecks > s.paidKopecks));
}

/** A percentage of what a card paid: the lines share that amount in proportion. */
function boundByTender(tendered: number, sum: number, at: number, s: Scratch): number {
  if (tendered >= sum) return sum;
  splitInto(tendered, s.bases.slice(at, at + s.lineCount), 0, s.lineCount, s.bases, at);
  return tendered;
}

/** Basis points of a line under an effect; below 0 where it gives nothing. */
export function rateOf(effect: Effect, s: Scratch, line: number): number {
  switch (effect.kind) {
    case "percent":
      return effect.rateBp;
    case "by-category":
      return effect.rates[s.lineCategory[line] as number] as number;
    case "favourite":
      return s.favouriteCount > 0 && (s.lineFavouriteBp[line] as number) > 0 ? (s.lineFavouriteBp[line] as number) : -1;
    default:
      return 0;
  }
}
