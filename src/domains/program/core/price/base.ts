import type { Effect, PlacedRule, RuleTerms } from "../compile/compiled.ts";
import { tenderedKopecks } from "../compile/conditions.ts";
import { lineFits } from "./eligible.ts";
import { type Scratch, scratch } from "./scratch.ts";
import { splitInto } from "./split.ts";

const { cells, lineAmount, lineCategory, lineFavouriteBp, linePaid } = scratch;
const { rowFitting, rowFree, rowLines, rowSum, rowTurn } = scratch;

/** Whether any line fits the rule, with money to look at. Fills its row, unless a rule that shares it did. */
export function baseFits(placed: PlacedRule, s: Scratch): boolean {
  const { terms, baseRow } = placed;
  if (rowTurn[baseRow] !== s.turn) fillRow(terms, baseRow, s);
  const { condition, effect } = terms;
  const lines = rowLines[baseRow] as number;
  if (rowFitting[baseRow] === 0 || lines < condition.eligibleFrom || lines >= condition.eligibleBelow) return false;
  if ((rowSum[baseRow] as number) > 0) return true;
  // Lines that cost nothing have no money part of their own: the receipt's will do.
  return effect.kind === "fixed" && rowFree[baseRow] === 1 && s.totalKopecks > s.paidKopecks;
}

/** Fills a row with the money part of each line that the rule picks. */
function fillRow(rule: RuleTerms, row: number, s: Scratch): void {
  const { condition, effect } = rule;
  const { lineCount } = s;
  const { countZero } = s.programme.receipts;
  const at = row * lineCount;
  let sum = 0;
  let fitting = 0;
  let amounts = 0;
  for (let i = 0; i < lineCount; i++) {
    cells[at + i] = 0;
    const amount = lineAmount[i] as number;
    if (amount === 0 && !countZero) continue;
    if (!lineFits(condition, s, i) || rateOf(effect, s, i) < 0) continue;
    const base = amount - (linePaid[i] as number);
    cells[at + i] = base;
    sum += base;
    amounts += amount;
    fitting++;
  }
  rowTurn[row] = s.turn;
  rowFitting[row] = fitting;
  rowFree[row] = amounts === 0 ? 1 : 0;
  rowLines[row] = sum;
  if (rule.paidBy !== undefined) sum = boundByTender(tenderedKopecks(rule.paidBy, s), sum, at, s);
  rowSum[row] = rule.takesDeliveryFee ? sum + s.deliveryMoneyKopecks : sum;
}

/** A percentage of what a card paid: the lines share that amount in proportion. */
function boundByTender(tendered: number, sum: number, at: number, s: Scratch): number {
  if (tendered >= sum) return sum;
  splitInto(tendered, cells.slice(at, at + s.lineCount), 0, s.lineCount, cells, at);
  return tendered;
}

/** Basis points of a line under an effect; below 0 where it gives nothing. */
export function rateOf(effect: Effect, s: Scratch, line: number): number {
  switch (effect.kind) {
    case "percent":
      return effect.rateBp;
    case "by-category":
      return effect.rates[lineCategory[line] as number] as number;
    case "favourite":
      return s.favouriteCount > 0 && (lineFavouriteBp[line] as number) > 0 ? (lineFavouriteBp[line] as number) : -1;
    default:
      return 0;
  }
}
