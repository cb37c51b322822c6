import type { PartnerId } from "#kernel/ids.ts";
import { type BasisPoints, type Kopecks, type PointsCents, splitByLargestRemainder } from "#kernel/money.ts";
import type { CompiledProgramme, FunderShares } from "../compile/compiled.ts";
import { placeShares } from "../compile/rules.ts";
import type { RuleResult } from "../types.ts";
import type { Language } from "./numbers.ts";
import { sentence } from "./sentences.ts";

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
  return rules.flatMap((result) => explainRule(result, programme, language));
}

function explainRule(result: RuleResult, programme: CompiledProgramme, language: Language): ExplanationRow[] {
  const { ids, weights } = fundersOf(result, programme);
  const shares = splitByLargestRemainder(result.pointsCents, [...weights]);
  const paying = ids.flatMap((funder, i) => (shares[i] ? [{ funder, points: shares[i] }] : []));
  const rows = paying.length > 0 ? paying : [{ funder: ids[0] ?? programme.operator, points: 0 }];
  const isShared = rows.length > 1;
  return rows.map(({ funder, points }) => ({
    rule: result.rule,
    funder,
    base: result.baseKopecks,
    ...(result.rateBp === undefined ? {} : { percent: result.rateBp }),
    points,
    why: sentence(result, programme, language, isShared ? { funder, points } : undefined),
  }));
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
