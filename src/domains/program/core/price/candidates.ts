import { BASIS_POINTS_IN_WHOLE } from "#kernel/money.ts";
import type { PlacedGroup, PlacedRule, RuleTerms } from "../compile/compiled.ts";
import { fillBase, rateOf } from "./base.ts";
import { receiptFits } from "./eligible.ts";
import { keepOnePerLine, keepOnePerReceipt } from "./groups.ts";
import { roundPoints } from "./rounding.ts";
import type { Scratch } from "./scratch.ts";

/** Finds which rules of the plan fit the receipt and what each gives, before multipliers and caps. */
export function priceCandidates(s: Scratch): void {
  const { plan } = s.store.partner;
  const { rules, ownCount, groups } = plan;
  for (let position = 0; position < ownCount; position++) {
    const { terms, placeMask } = rules[position] as PlacedRule;
    const fits = receiptFits(terms.condition, placeMask, s) && fillBase(terms, position, s);
    s.fits[position] = fits ? 1 : 0;
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
    const wholes = Math.floor(base / BASIS_POINTS_IN_WHOLE);
    s.points[position] = roundPoints(
      wholes * effect.rateBp,
      (base - wholes * BASIS_POINTS_IN_WHOLE) * effect.rateBp,
      rule,
      s.programme.pointValueKopecks,
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
    const wholes = Math.floor(base / BASIS_POINTS_IN_WHOLE);
    whole += wholes * rate;
    rest += (base - wholes * BASIS_POINTS_IN_WHOLE) * rate;
    s.weights[at + i] = scale === 1 ? base * rate : Math.floor(base / scale) * rate;
  }
  s.rate[position] = Math.max(common, 0);
  return roundPoints(whole, rest, rule, s.programme.pointValueKopecks);
}
