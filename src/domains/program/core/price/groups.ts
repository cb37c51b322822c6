import type { PlacedGroup, PlacedRule } from "../compile/compiled.ts";
import { rateOf } from "./base.ts";
import { type Scratch, scratch } from "./scratch.ts";

const { cells, fitTurn, points, rowSum } = scratch;

/**
 * Leaves each line to one rule of the group: the first by priority, or that with the highest rate. Rules of such a group
 * share their rows with no other.
 */
export function keepOnePerLine(group: PlacedGroup, rules: readonly PlacedRule[], s: Scratch): void {
  const { positions, mostPoints } = group;
  const { lineCount, turn } = s;
  const isContested = countFitting(positions, turn) > 1;
  for (let i = 0; i < lineCount && isContested; i++) {
    let kept = -1;
    let keptRate = -1;
    for (let k = 0; k < positions.length; k++) {
      const position = positions[k] as number;
      const { baseRow, terms } = rules[position] as PlacedRule;
      if (fitTurn[position] !== turn || cells[baseRow * lineCount + i] === 0) continue;
      const rate = rateOf(terms.effect, s, i);
      if (kept >= 0 && !(mostPoints && rate > keptRate)) continue;
      kept = position;
      keptRate = rate;
    }
    for (let k = 0; k < positions.length; k++) {
      const position = positions[k] as number;
      if (position === kept || fitTurn[position] !== turn) continue;
      const { baseRow } = rules[position] as PlacedRule;
      const cell = baseRow * lineCount + i;
      rowSum[baseRow] = (rowSum[baseRow] as number) - (cells[cell] as number);
      cells[cell] = 0;
    }
  }
  for (let k = 0; k < positions.length; k++) {
    const position = positions[k] as number;
    if ((rowSum[(rules[position] as PlacedRule).baseRow] as number) <= 0) fitTurn[position] = 0;
  }
}

function countFitting(positions: readonly number[], turn: number): number {
  let count = 0;
  for (let k = 0; k < positions.length; k++) if (fitTurn[positions[k] as number] === turn) count++;
  return count;
}

/** Leaves one rule of the group: the first by priority, or that which gives most. */
export function keepOnePerReceipt(group: PlacedGroup, s: Scratch): void {
  let kept = -1;
  for (const position of group.positions) {
    if (fitTurn[position] !== s.turn || points[position] === 0) continue;
    if (kept < 0) kept = position;
    else if (group.mostPoints && (points[position] as number) > (points[kept] as number)) kept = position;
  }
  for (const position of group.positions) if (position !== kept) fitTurn[position] = 0;
}
