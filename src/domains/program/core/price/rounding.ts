import { BASIS_POINTS_IN_WHOLE, type Rounding } from "#kernel/money.ts";
import type { RuleTerms } from "../compile/compiled.ts";

/**
 * Points of `whole + rest / 10,000` kopecks, rounded once as the rule says, to its step. Both parts stay exact below
 * 2^53 for receipts up to MAX_AMOUNT and rates up to 1,000 %.
 */
export function roundPoints(whole: number, rest: number, rule: RuleTerms, pointValueKopecks: number): number {
  if (pointValueKopecks !== 100) return roundRare(whole, rest, rule, pointValueKopecks);
  const carried = Math.floor(rest / BASIS_POINTS_IN_WHOLE);
  const fraction = rest - carried * BASIS_POINTS_IN_WHOLE;
  const down = whole + carried;
  if (rule.stepCents === 1) {
    if (fraction === 0 || rule.rounding === "down") return down;
    return rule.rounding === "up" || fraction * 2 >= BASIS_POINTS_IN_WHOLE ? down + 1 : down;
  }
  return toStep(down, fraction > 0, rule.stepCents, rule.rounding);
}

/** Rounds to a step of an even number of hundredths; what lies below a hundredth only matters when rounding up. */
function toStep(down: number, hasFraction: boolean, step: number, rounding: Rounding): number {
  const steps = Math.floor(down / step);
  const over = down - steps * step;
  if (rounding === "up") return (over > 0 || hasFraction ? steps + 1 : steps) * step;
  return (rounding === "half-up" && over * 2 >= step ? steps + 1 : steps) * step;
}

/** Where a point is not worth a rouble. */
function roundRare(whole: number, rest: number, rule: RuleTerms, pointValueKopecks: number): number {
  const numerator = (BigInt(whole) * 10_000n + BigInt(rest)) * 100n;
  const denominator = 10_000n * BigInt(pointValueKopecks) * BigInt(rule.stepCents);
  const steps = numerator / denominator;
  const over = numerator % denominator;
  const up = rule.rounding === "up" ? over > 0n : rule.rounding === "half-up" && over * 2n >= denominator;
  return Number(up ? steps + 1n : steps) * rule.stepCents;
}
