import type { ClickHouseClient } from "@clickhouse/client";
import type { Prepared } from "../prepare.ts";
import { outcomesOf } from "../store/layout.ts";
import { countGroups, eligibleMask, type PatternCount, readEdges } from "../store/pairs.ts";
import { maskOf, type Rule } from "../store/rules.ts";
import { estimate, type Model, posterior } from "./em.ts";
import { patternWeight } from "./weights.ts";

/** Pairs less likely than this to match are not looked at again. */
const LEAST_PROBABILITY = 0.005;

/** Shares of the outcomes among random pairs, and how many pairs are behind them, per comparison. */
export type RandomOutcomes = { readonly shares: readonly number[][]; readonly pairs: readonly number[] };
export type Fit = { readonly model: Model; readonly patterns: readonly number[]; readonly pairs: number };
export type LinkedPair = {
  readonly l: number;
  readonly r: number;
  readonly outcomes: readonly number[];
  readonly personBits: number;
  readonly householdBits: number;
  readonly atoms: bigint;
  /** Probability that the two are one person, and that they are two of one household. */
  readonly p: number;
  readonly relative: number;
};

export function randomOutcomes({ layout }: Prepared, counts: readonly PatternCount[]): RandomOutcomes {
  const sums = layout.comparisons.map(({ levels }) => new Array<number>(levels.length).fill(0));
  for (const { pattern, count } of counts) {
    for (const [index, outcome] of outcomesOf(layout, pattern).entries()) {
      const own = sums[index] as number[];
      if (outcome > 0) own[outcome - 1] = (own[outcome - 1] ?? 0) + count;
    }
  }
  const pairs = sums.map((own) => own.reduce((a, b) => a + b, 0));
  const shares = sums.map((own, index) =>
    own.map((n) => (pairs[index] ? n / (pairs[index] as number) : 1 / own.length)),
  );
  return { shares, pairs };
}

/** Estimates the model from the pair table; without rules all pairs are in it and each may teach every field. */
export async function fitModel(
  client: ClickHouseClient,
  table: string,
  prepared: Prepared,
  random: RandomOutcomes,
  rules: readonly Rule[] | undefined,
): Promise<Fit> {
  const { layout, fields, totalPairs, relatives } = prepared;
  const eligible = rules ? eligibleMask(fieldMasks(prepared), rules.map(maskOf)) : String(2 ** fields.length - 1);
  const groups = await countGroups(client, table, eligible);
  const model = estimate({
    fields,
    groups: groups.map((group) => ({ ...group, outcomes: outcomesOf(layout, group.pattern) })),
    random: random.shares,
    randomPairs: random.pairs,
    totalPairs,
    relatives,
  });
  return {
    model,
    patterns: [...new Set(groups.map(({ pattern }) => pattern))],
    pairs: groups.reduce((sum, { count }) => sum + count, 0),
  };
}

/** Scores the pair table: all pairs that may match, with their probabilities. `weights` names a table to make. */
export async function scorePairs(
  client: ClickHouseClient,
  tables: { readonly pairs: string; readonly weights: string },
  prepared: Prepared,
  { model, patterns }: Fit,
): Promise<LinkedPair[]> {
  const { layout, fields } = prepared;
  const weights = patterns.map((pattern) => ({
    pattern,
    weight: patternWeight(model, fields, outcomesOf(layout, pattern)),
  }));
  const least = Math.log2(LEAST_PROBABILITY / (1 - LEAST_PROBABILITY));
  const edges = await readEdges(client, tables, weights, least);
  return edges.map(({ pattern, ...edge }) => {
    const outcomes = outcomesOf(layout, pattern);
    const { match, relative } = posterior(model, fields, { ...edge, outcomes });
    return { ...edge, outcomes, p: match, relative };
  });
}

/** Per comparison, the atoms of its plan: rules with one of them have chosen pairs by what the comparison looks at. */
function fieldMasks({ layout }: Prepared): bigint[] {
  return layout.comparisons.map(({ plan }) =>
    maskOf(layout.atoms.flatMap((atom, index) => (atom.field.startsWith(`${plan}/`) ? [index] : []))),
  );
}
