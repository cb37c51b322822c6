import { BASIS_POINTS_IN_WHOLE } from "#kernel/money.ts";
import type { PlacedGroup, PlacedRule } from "../compile/compiled.ts";
import { baseFits, rateOf } from "./base.ts";
import { receiptFits } from "./eligible.ts";
import { keepOnePerLine, keepOnePerReceipt } from "./groups.ts";
import { roundPoints } from "./rounding.ts";
import { type Scratch, scratch } from "./scratch.ts";

const { candidates, cells, fitTurn, held, points, rate, rowSum } = scratch;

/** Finds which rules of the plan fit the receipt and what each gives, before multipliers and caps. */
export function priceCandidates(s: Scratch): void {
  const { rules, groups } = s.store.partner.plan;
  const { turn } = s;
  listCandidates(s);
  for (let c = 0; c < s.ownCandidates; c++) {
    const position = candidates[c] as number;
    const placed = rules[position] as PlacedRule;
    const fits = receiptFits(placed.terms.condition, placed.placeMask, s) && baseFits(placed, s);
    fitTurn[position] = fits ? turn : 0;
  }
  for (let i = 0; i < groups.length; i++) {
    const group = groups[i] as PlacedGroup;
    if (group.perLine) keepOnePerLine(group, rules, s);
  }
  for (let c = 0; c < s.ownCandidates; c++) {
    const position = candidates[c] as number;
    if (fitTurn[position] === turn) pricePosition(rules[position] as PlacedRule, position, s);
  }
  for (let i = 0; i < groups.length; i++) {
    const group = groups[i] as PlacedGroup;
    if (!group.perLine) keepOnePerReceipt(group, s);
  }
}

/** The rules open to everybody and those of what the member has, by position: each once, however many ways lead to it. */
function listCandidates(s: Scratch): void {
  const { always, bySlot, ownCount } = s.store.partner.plan;
  const { heldCount } = s;
  let count = always.length;
  for (let i = 0; i < count; i++) candidates[i] = always[i] as number;
  for (let h = 0; h < heldCount; h++) {
    const positions = bySlot[held[h] as number];
    if (positions === undefined) continue;
    for (let i = 0; i < positions.length; i++) count = insert(positions[i] as number, count);
  }
  let own = count;
  while (own > 0 && (candidates[own - 1] as number) >= ownCount) own--;
  s.candidateCount = count;
  s.ownCandidates = own;
}

/** From the end, since a member has a few: moves what lies behind. */
function insert(position: number, count: number): number {
  let at = count;
  while (at > 0 && (candidates[at - 1] as number) > position) at--;
  if (at > 0 && candidates[at - 1] === position) return count;
  for (let i = count; i > at; i--) candidates[i] = candidates[i - 1] as number;
  candidates[at] = position;
  return count + 1;
}

function pricePosition(placed: PlacedRule, position: number, s: Scratch): void {
  const { terms } = placed;
  const { effect } = terms;
  const base = rowSum[placed.baseRow] as number;
  if (effect.kind === "percent") {
    const wholes = Math.floor(base / BASIS_POINTS_IN_WHOLE);
    const rest = (base - wholes * BASIS_POINTS_IN_WHOLE) * effect.rateBp;
    rate[position] = effect.rateBp;
    points[position] = roundPoints(wholes * effect.rateBp, rest, terms, s.programme.pointValueKopecks);
  } else if (effect.kind === "fixed") {
    const times = effect.forEachKopecks === 0 ? 1 : Math.floor(base / effect.forEachKopecks);
    rate[position] = 0;
    points[position] = effect.cents * times;
  } else {
    points[position] = priceByLine(placed, position, s);
  }
}

/** Above 900 million roubles, base × rate could pass 2^53: the attribution then looks at tens of roubles. */
const LARGE_BASE = 90_000_000_000;
const LARGE_SCALE = 1_000;

/** Each line at its own rate, summed exactly, rounded once. */
function priceByLine(placed: PlacedRule, position: number, s: Scratch): number {
  const { terms } = placed;
  const { lineCount } = s;
  const from = placed.baseRow * lineCount;
  const into = placed.weightRow * lineCount;
  const scale = (rowSum[placed.baseRow] as number) > LARGE_BASE ? LARGE_SCALE : 1;
  let whole = 0;
  let rest = 0;
  let common = -1;
  for (let i = 0; i < lineCount; i++) {
    const base = cells[from + i] as number;
    const rateBp = base === 0 ? 0 : rateOf(terms.effect, s, i);
    if (base > 0) common = common === -1 || common === rateBp ? rateBp : 0;
    const wholes = Math.floor(base / BASIS_POINTS_IN_WHOLE);
    whole += wholes * rateBp;
    rest += (base - wholes * BASIS_POINTS_IN_WHOLE) * rateBp;
    cells[into + i] = scale === 1 ? base * rateBp : Math.floor(base / scale) * rateBp;
  }
  rate[position] = Math.max(common, 0);
  return roundPoints(whole, rest, terms, s.programme.pointValueKopecks);
}
