import type { PartnerId } from "#kernel/ids.ts";
import type { BasisPoints, Kopecks, PointsCents } from "#kernel/money.ts";
import type { CompiledProgramme, FunderShares } from "../compile/compiled.ts";
import { placeShares } from "../compile/rules.ts";
import { small } from "../price/small.ts";
import { addSplit } from "../price/split.ts";
import type { RuleResult } from "../types.ts";
import type { Language } from "./numbers.ts";
import { sentence, shareOf } from "./sentences.ts";

/** One funder's share of what one rule gave, with the sentence that a member reads. */
export type ExplanationRow = {
  readonly rule: string;
  readonly funder: PartnerId;
  readonly base: Kopecks;
  readonly percent?: BasisPoints;
  readonly points: PointsCents;
  readonly why: string;
};

/**
 * Says why a receipt earned what it did, from what was stored of it and the version it was priced with: a row per rule
 * and funder, funders by id. A rule that a cap cut to nothing has one row with 0 points.
 */
export function explain(
  rules: readonly RuleResult[],
  programme: CompiledProgramme,
  language: Language,
): ExplanationRow[] {
  const rows: ExplanationRow[] = [];
  for (const result of rules) explainRule(result, programme, language, rows);
  return rows;
}

let shares = new Float64Array(16);

function explainRule(
  result: RuleResult,
  programme: CompiledProgramme,
  language: Language,
  rows: ExplanationRow[],
): void {
  const { ids, weights, weightSum } = fundersOf(result, programme);
  const { pointsCents } = result;
  const count = ids.length;
  if (shares.length < count) shares = new Float64Array(count * 2);
  shares.fill(0, 0, count);
  addSplit(pointsCents, weights, 0, count, weightSum, shares, 0);
  let paying = 0;
  for (let f = 0; f < count; f++) if ((shares[f] as number) > 0) paying++;
  const why = sentence(result, programme, language);
  if (paying === 0) rows.push(row(result, ids[0] ?? programme.operator, 0, why));
  for (let f = 0; f < count && paying > 0; f++) {
    const cents = small(shares[f] as number);
    const funder = ids[f] as PartnerId;
    if (cents === 0) continue;
    rows.push(row(result, funder, cents, paying === 1 ? why : why + shareOf(funder, cents, programme, language)));
  }
}

function row({ rule, baseKopecks: base, rateBp }: RuleResult, funder: PartnerId, points: PointsCents, why: string) {
  return rateBp === undefined
    ? { rule, funder, base, points, why }
    : { rule, funder, base, percent: rateBp, points, why };
}

/** Splits by version, rule and seller: each receipt explains a few, and all of them the same. */
const splits = new WeakMap<CompiledProgramme, Map<string, FunderShares>>();

/** The same split that pricing made: shares of the rule, or of the rule that a multiplier multiplied. */
function fundersOf(result: RuleResult, programme: CompiledProgramme): FunderShares {
  const own = programme.rules.get(result.rule)?.shares;
  const seller = result.seller ?? programme.operator;
  const of = splits.get(programme) ?? new Map<string, FunderShares>();
  splits.set(programme, of);
  const key = `${own === undefined ? result.of : result.rule} ${seller}`;
  const known = of.get(key);
  if (known !== undefined) return known;
  const shares = own ?? programme.rules.get(result.of ?? "")?.shares;
  const split = placeShares(shares ?? new Map([[programme.operator, 1]]), seller, new Map());
  of.set(key, split);
  return split;
}
