import type { ClickHouseClient } from "@clickhouse/client";
import type { Prepared } from "../prepare.ts";
import { outcomesOf } from "../store/layout.ts";
import { countGroups, eligibleMask, type PatternCount, readEdges } from "../store/pairs.ts";
import { maskOf, type Rule } from "../store/rules.ts";
import { type Model, pairScorer } from "./classes.ts";
import { estimate, type RandomGroup } from "./em.ts";
import { patternScorer } from "./weights.ts";

/** Pairs less likely than this to match are not looked at again. */
const LEAST_PROBABILITY = 0.005;

/** Every field's bit in the mask of fields a pair may teach. */
const ALL_FIELDS = 2 ** 31 - 1;

export type Fit = { readonly model: Model; readonly patterns: readonly number[]; readonly pairs: number };
export type LinkedPair = {
  readonly l: number;
  readonly r: number;
  readonly outcomes: readonly number[];
  readonly personBits: number;
  readonly householdBits: number;
  /** Agreeing atoms as bits, in halves of 32. */
  readonly low: number;
  readonly high: number;
  /** Probability that the two are one person, and that they are two of one household. */
  readonly p: number;
  readonly relative: number;
};

/** Patterns of random pairs as outcomes. */
export function randomGroups({ layout }: Prepared, counts: readonly PatternCount[]): RandomGroup[] {
  return counts.map(({ pattern, count }) => ({ outcomes: outcomesOf(layout, pattern), count }));
}

/** A first model where all pairs have been compared but their bits are not known yet. */
export function fitRandom({ fields, totalPairs, relatives }: Prepared, random: readonly RandomGroup[]): Model {
  const groups = random.map((group) => ({ ...group, personBits: 0, householdBits: 0, eligible: ALL_FIELDS }));
  return estimate({ fields, groups, random, totalPairs, relatives, plain: true });
}

/** Estimates the model from the pair table; without rules all pairs are in it and each may teach every field. */
export async function fitModel(
  client: ClickHouseClient,
  table: string,
  prepared: Prepared,
  random: readonly RandomGroup[],
  rules: readonly Rule[] | undefined,
): Promise<Fit> {
  const { layout, fields, totalPairs, relatives } = prepared;
  const eligible = rules ? eligibleMask(fieldMasks(prepared), rules.map(maskOf)) : String(ALL_FIELDS);
  const counted = await countGroups(client, table, eligible);
  const groups = counted.map((group) => ({ ...group, outcomes: outcomesOf(layout, group.pattern) }));
  return {
    model: estimate({ fields, groups, random, totalPairs, relatives }),
    patterns: [...new Set(counted.map(({ pattern }) => pattern))],
    pairs: counted.reduce((sum, { count }) => sum + count, 0),
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
  const shared = new Map(patterns.map((pattern) => [pattern, outcomesOf(layout, pattern)]));
  const weigh = patternScorer(model, fields);
  const weights = [...shared].map(([pattern, outcomes]) => ({ pattern, weight: weigh(outcomes) }));
  const least = Math.log2(LEAST_PROBABILITY / (1 - LEAST_PROBABILITY));
  const edges = await readEdges(client, tables, weights, least);
  const score = pairScorer(model, fields);
  return edges.map(({ l, r, pattern, personBits, householdBits, low, high }) => {
    const outcomes = shared.get(pattern) ?? outcomesOf(layout, pattern);
    const { match, relative } = score({ outcomes, personBits, householdBits });
    return { l, r, outcomes, personBits, householdBits, low, high, p: match, relative };
  });
}

/** Per comparison, the atoms of its plan: rules with one of them have chosen pairs by what the comparison looks at. */
function fieldMasks({ layout }: Prepared): bigint[] {
  return layout.comparisons.map(({ plan }) =>
    maskOf(layout.atoms.flatMap((atom, index) => (atom.field.startsWith(`${plan}/`) ? [index] : []))),
  );
}
