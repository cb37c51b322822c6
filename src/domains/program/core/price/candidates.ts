import { BASIS_POINTS_IN_WHOLE } from "#kernel/money.ts";
import type { PlacedGroup, PlacedRule } from "../compile/compiled.ts";
import { baseFits, rateOf } from "./base.ts";
import { receiptFits } from "./eligible.ts";
import { keepOnePerLine, keepOnePerReceipt } from "./groups.ts";
import { roundPoints } from "./rounding.ts";
import type { Scratch } from "./scratch.ts";

/** Finds which rules of the plan fit the receipt and what each gives, before multipliers and caps. */
export function priceCandidates(s: Scratch): void {
  const { rules, groups, baseRowCount } = s.store.partner.plan;
  const { fits, candidates } = s;
  listCandidates(s);
  s.rowDone.fill(0, 0, baseRowCount);
  fits.fill(0, 0, rules.length);
  for (let c = 0; c < s.ownCandidates; c++) {
    const position = candidates[c] as number;
    const placed = rules[position] as PlacedRule;
    fits[position] = receiptFits(placed.terms.condition, placed.placeMask, s) && baseFits(placed, s) ? 1 : 0;
  }
  for (let i = 0; i < groups.length; i++) {
    const group = groups[i] as PlacedGroup;
    if (group.perLine) keepOnePerLine(group, rules, s);
  }
  for (let c = 0; c < s.ownCandidates; c++) {
    const position = candidates[c] as number;
    if (fits[position] === 1) pricePosition(rules[position] as PlacedRule, position, s);
  }
  for (let i = 0; i < groups.length; i++) {
    const group = groups[i] as PlacedGroup;
    if (!group.perLine) keepOnePerReceipt(group, s);
  }
}

/** The rules open to everybody and those of what the member has, by position: each once, however many ways lead to it. */
function listCandidates(s: Scratch): void {
  const { always, bySlot, ownCount } = s.store.partner.plan;
  const { candidates, held, heldCount } = s;
  let count = always.length;
  for (let i = 0; i < count; i++) candidates[i] = always[i] as number;
  for (let h = 0; h < heldCount; h++) {
    const positions = bySlot.get(held[h] as number);
    if (positions === undefined) continue;
    for (let i = 0; i < positions.length; i++) count = insert(candidates, count, positions[i] as number);
  }
  let own = count;
  while (own > 0 && (candidates[own - 1] as number) >= ownCount) own--;
  s.candidateCount = count;
  s.ownCandidates = own;
}

/** From the end, since a member has a few: moves what lies behind. */
function insert(list: Int32Array, count: number, position: number): number {
  let at = count;
  while (at > 0 && (list[at - 1] as number) > position) at--;
  if (at > 0 && list[at - 1] === position) return count;
  list.copyWithin(at + 1, at, count);
  list[at] = position;
  return count + 1;
}

function pricePosition(placed: PlacedRule, position: number, s: Scratch): void {
  const { terms } = placed;
  const { effect } = terms;
  const base = s.rowSum[placed.baseRow] as number;
  if (effect.kind === "percent") {
    const wholes = Math.floor(base / BASIS_POINTS_IN_WHOLE);
    const rest = (base - wholes * BASIS_POINTS_IN_WHOLE) * effect.rateBp;
    s.rate[position] = effect.rateBp;
    s.points[position] = roundPoints(wholes * effect.rateBp, rest, terms, s.programme.pointValueKopecks);
  } else if (effect.kind === "fixed") {
    const times = effect.forEachKopecks === 0 ? 1 : Math.floor(base / effect.forEachKopecks);
    s.rate[position] = 0;
    s.points[position] = effect.cents * times;
  } else {
    s.points[position] = priceByLine(placed, position, s);
  }
}

/** Above 900 million roubles, base × rate could pass 2^53: the attribution then looks at tens of roubles. */
const LARGE_BASE = 90_000_000_000;
const LARGE_SCALE = 1_000;

/** Each line at its own rate, summed exactly, rounded once. */
function priceByLine(placed: PlacedRule, position: number, s: Scratch): number {
  const { terms } = placed;
  const { lineCount, cells } = s;
  const from = placed.baseRow * lineCount;
  const into = placed.weightRow * lineCount;
  const scale = (s.rowSum[placed.baseRow] as number) > LARGE_BASE ? LARGE_SCALE : 1;
  let whole = 0;
  let rest = 0;
  let common = -1;
  for (let i = 0; i < lineCount; i++) {
    const base = cells[from + i] as number;
    const rate = base === 0 ? 0 : rateOf(terms.effect, s, i);
    if (base > 0) common = common === -1 || common === rate ? rate : 0;
    const wholes = Math.floor(base / BASIS_POINTS_IN_WHOLE);
    whole += wholes * rate;
    rest += (base - wholes * BASIS_POINTS_IN_WHOLE) * rate;
    cells[into + i] = scale === 1 ? base * rate : Math.floor(base / scale) * rate;
  }
  s.rate[position] = Math.max(common, 0);
  return roundPoints(whole, rest, terms, s.programme.pointValueKopecks);
}
