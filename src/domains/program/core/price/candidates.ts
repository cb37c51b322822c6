import { BASIS_POINTS_IN_WHOLE, type Rounding } from "#kernel/money.ts";
import type { Effect, PlacedGroup, PlacedRule, RuleTerms } from "../compile/compiled.ts";
import { tenderedKopecks } from "../compile/conditions.ts";
import { checksHold, lineFits } from "./eligible.ts";
import type { Scratch } from "./scratch.ts";
import { splitInto } from "./split.ts";

/** Finds which rules of the plan fit the receipt and what each gives, before multipliers and caps. */
export function priceCandidates(s: Scratch): void {
  const { plan } = s.store.partner;
  const { rules, ownCount, groups } = plan;
  for (let position = 0; position < ownCount; position++) {
    const rule = (rules[position] as PlacedRule).terms;
    s.fits[position] = checksHold(rule.condition.checks, s) && fillBase(rule, position, s) ? 1 : 0;
  }
  for (let i = 0; i < groups.length; i++) {
    const group = groups[i] as PlacedGroup;
    if (group.perLine) keepOnePerLine(group, rules, s);
  }
  for (let position = 0; position < ownCount; position++) {
    if (s.fits[position] === 1) pricePosition((rules[position] as PlacedRule).terms, position, s);
  }
  for (let i = 0; i < groups.length; i++) {
    const group = groups[i] as PlacedGroup;
    if (!group.perLine) keepOnePerReceipt(group, s);
  }
}

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
function rateOf(effect: Effect, s: Scratch, line: number): number {
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

function pricePosition(rule: RuleTerms, position: number, s: Scratch): void {
  const { effect } = rule;
  const at = position * s.lineCount;
  const base = s.base[position] as number;
  if (effect.kind === "fixed") {
    const times = effect.forEachKopecks === 0 ? 1 : Math.floor(base / effect.forEachKopecks);
    s.points[position] = effect.cents * times;
    s.rate[position] = 0;
    for (let i = 0; i < s.lineCount; i++) s.weights[at + i] = s.bases[at + i] as number;
  } else if (effect.kind === "percent") {
    s.rate[position] = effect.rateBp;
    s.points[position] = roundPoints(
      Math.floor(base / BASIS_POINTS_IN_WHOLE) * effect.rateBp,
      (base % BASIS_POINTS_IN_WHOLE) * effect.rateBp,
      rule,
      s,
    );
    for (let i = 0; i < s.lineCount; i++) s.weights[at + i] = s.bases[at + i] as number;
  } else {
    s.points[position] = priceByLine(rule, position, s);
  }
}

/** Above 900 million roubles, base × rate could pass 2^53: the attribution then looks at tens of roubles. */
const LARGE_BASE = 90_000_000_000;
const LARGE_SCALE = 1_000;

function sumOfRow(s: Scratch, at: number): number {
  let sum = 0;
  for (let i = 0; i < s.lineCount; i++) sum += s.bases[at + i] as number;
  return sum;
}

/** Each line at its own rate, summed exactly, rounded once. */
function priceByLine(rule: RuleTerms, position: number, s: Scratch): number {
  const at = position * s.lineCount;
  const scale = sumOfRow(s, at) > LARGE_BASE ? LARGE_SCALE : 1;
  let whole = 0;
  let rest = 0;
  let common = -1;
  for (let i = 0; i < s.lineCount; i++) {
    const base = s.bases[at + i] as number;
    const rate = base === 0 ? 0 : rateOf(rule.effect, s, i);
    if (base > 0) common = common === -1 || common === rate ? rate : 0;
    whole += Math.floor(base / BASIS_POINTS_IN_WHOLE) * rate;
    rest += (base % BASIS_POINTS_IN_WHOLE) * rate;
    s.weights[at + i] = scale === 1 ? base * rate : Math.floor(base / scale) * rate;
  }
  s.rate[position] = Math.max(common, 0);
  return roundPoints(whole, rest, rule, s);
}

/**
 * Points of `whole + rest / 10,000` kopecks, rounded once as the rule says, to its step. Both parts stay exact below
 * 2^53 for receipts up to MAX_AMOUNT and rates up to 1,000 %.
 */
function roundPoints(whole: number, rest: number, rule: RuleTerms, s: Scratch): number {
  const value = s.programme.pointValueKopecks;
  if (value !== 100) return roundRare(whole, rest, rule, value);
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

function roundRare(whole: number, rest: number, rule: RuleTerms, pointValueKopecks: number): number {
  const numerator = (BigInt(whole) * 10_000n + BigInt(rest)) * 100n;
  const denominator = 10_000n * BigInt(pointValueKopecks) * BigInt(rule.stepCents);
  const steps = numerator / denominator;
  const over = numerator % denominator;
  const up = rule.rounding === "up" ? over > 0n : rule.rounding === "half-up" && over * 2n >= denominator;
  return Number(up ? steps + 1n : steps) * rule.stepCents;
}

/** Leaves each line to one rule of the group: the first by priority, or that with the highest rate. */
function keepOnePerLine(group: PlacedGroup, rules: readonly PlacedRule[], s: Scratch): void {
  for (let i = 0; i < s.lineCount; i++) {
    let kept = -1;
    let keptRate = -1;
    for (const position of group.positions) {
      if (s.fits[position] === 0 || s.bases[position * s.lineCount + i] === 0) continue;
      const rate = rateOf((rules[position] as PlacedRule).terms.effect, s, i);
      if (kept >= 0 && !(group.mostPoints && rate > keptRate)) continue;
      kept = position;
      keptRate = rate;
    }
    for (const position of group.positions) {
      const cell = position * s.lineCount + i;
      if (position === kept || s.fits[position] === 0) continue;
      s.base[position] = (s.base[position] as number) - (s.bases[cell] as number);
      s.bases[cell] = 0;
    }
  }
  for (const position of group.positions) if ((s.base[position] as number) <= 0) s.fits[position] = 0;
}

/** Leaves one rule of the group: the first by priority, or that which gives most. */
function keepOnePerReceipt(group: PlacedGroup, s: Scratch): void {
  let kept = -1;
  for (const position of group.positions) {
    if (s.fits[position] === 0 || s.points[position] === 0) continue;
    if (kept < 0) kept = position;
    else if (group.mostPoints && (s.points[position] as number) > (s.points[kept] as number)) kept = position;
  }
  for (const position of group.positions) if (position !== kept) s.fits[position] = 0;
}
