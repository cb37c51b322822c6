import { applyRate, BASIS_POINTS_IN_WHOLE } from "#kernel/money.ts";
import type { PlacedRule } from "../compile/compiled.ts";
import { baseFits } from "./base.ts";
import { receiptFits } from "./eligible.ts";
import { type Scratch, scratch } from "./scratch.ts";

const { candidates, cells, fitTurn, points, rowSum } = scratch;
const { itemBase, itemCap, itemOf, itemPoints, itemPosition, itemReserved, itemRow, itemUncapped } = scratch;

/** Lists what the receipt earns: one item per rule that gives points, then one per multiplier and rule it multiplies. */
export function listItems(s: Scratch): void {
  const { rules, freeRow } = s.store.partner.plan;
  s.itemCount = 0;
  s.reservedCents = 0;
  for (let c = 0; c < s.ownCandidates; c++) {
    const position = candidates[c] as number;
    if (fitTurn[position] !== s.turn || points[position] === 0) continue;
    const { baseRow, weightRow } = rules[position] as PlacedRule;
    addItem(s, position, -1, weightRow, rowSum[baseRow] as number, points[position] as number);
  }
  let row = freeRow;
  for (let c = s.ownCandidates; c < s.candidateCount; c++) row = multiply(rules, candidates[c] as number, row, s);
}

function addItem(s: Scratch, position: number, of: number, row: number, base: number, cents: number): void {
  const i = s.itemCount++;
  itemPosition[i] = position;
  itemOf[i] = of;
  itemRow[i] = row;
  itemBase[i] = base;
  itemUncapped[i] = cents;
  itemPoints[i] = cents;
  itemCap[i] = undefined;
  itemReserved[i] = 0;
}

/**
 * `10x` adds nine times the points of each rule it multiplies, before caps. Where it picks only some of the lines,
 * it multiplies what those lines brought, by the rule's own attribution. Several multipliers add up.
 */
function multiply(rules: readonly PlacedRule[], position: number, freeRow: number, s: Scratch): number {
  const placed = rules[position] as PlacedRule;
  const { terms } = placed;
  if (!receiptFits(terms.condition, placed.placeMask, s) || !baseFits(placed, s)) return freeRow;
  let row = freeRow;
  for (let i = 0; i < placed.targets.length; i++) {
    const target = placed.targets[i] as number;
    if (fitTurn[target] !== s.turn || points[target] === 0) continue;
    const part = partOf(placed.baseRow, rules[target] as PlacedRule, points[target] as number, row, s);
    const more = applyRate(part.points, terms.effect.multiplierBp - BASIS_POINTS_IN_WHOLE, terms.rounding);
    if (more > 0) addItem(s, position, target, row, part.base, more);
    row++;
  }
  return row;
}

type Part = { points: number; base: number };
const part: Part = { points: 0, base: 0 };

/** Copies the weights of the lines that both rules fit into `row`; the target's points fall to them in proportion. */
function partOf(multiplierRow: number, target: PlacedRule, cents: number, row: number, s: Scratch): Part {
  const { lineCount } = s;
  let all = 0;
  let kept = 0;
  let base = 0;
  for (let i = 0; i < lineCount; i++) {
    const weight = cells[target.weightRow * lineCount + i] as number;
    const isKept = (cells[multiplierRow * lineCount + i] as number) > 0;
    cells[row * lineCount + i] = isKept ? weight : 0;
    all += weight;
    if (!isKept) continue;
    kept += weight;
    base += cells[target.baseRow * lineCount + i] as number;
  }
  part.points = kept === all ? cents : proportion(cents, kept, all);
  part.base = kept === all ? (rowSum[target.baseRow] as number) : base;
  return part;
}

function proportion(points: number, kept: number, all: number): number {
  if (points <= Number.MAX_SAFE_INTEGER / all) return Math.floor((points * kept) / all);
  return Number((BigInt(points) * BigInt(kept)) / BigInt(all));
}
