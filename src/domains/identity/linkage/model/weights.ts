import {
  type Context,
  classScorer,
  contextOf,
  type EmField,
  type Model,
  type Scored,
  weighsByFrequency,
} from "./classes.ts";

/** One step of the way from the prior to a pair's total weight, in bits (log2 of odds). */
export type WeightStep = {
  readonly kind: "prior" | "field" | "frequency" | "relatives";
  /** Index of the comparison, for `field` and `frequency`. */
  readonly comparison?: number;
  readonly bits: number;
};

/** What an outcome of a field weighs on its own: log2(m/u), its parent unknown; 0 when the value is missing. */
export function outcomeWeight(model: Model, comparison: number, outcome: number, context: Context = 0): number {
  if (outcome === 0) return 0;
  const [m, u] = [model.m[comparison]?.[context][outcome - 1] ?? 1, model.u[comparison]?.[context][outcome - 1] ?? 1];
  return Math.log2(m / u);
}

/**
 * Gives the log2 odds of match against others for a pattern, before the bits of term frequency are added; an upper bound of
 * the odds of a match, as relatives only lower it.
 */
export function patternScorer(model: Model, fields: readonly EmField[]): (outcomes: readonly number[]) => number {
  const score = classScorer(model, fields);
  return (outcomes) => {
    const { match, other } = score({ outcomes, personBits: 0, householdBits: 0 });
    return (match - other) / Math.LN2;
  };
}

/** A pair's total weight: log2 of the odds that it is a match, all classes considered. */
export function totalWeight(model: Model, fields: readonly EmField[], pair: Scored): number {
  const { match, relative, other } = classScorer(model, fields)(pair);
  const top = Math.max(relative, other);
  const rest = top + Math.log(Math.exp(relative - top) + Math.exp(other - top));
  return (match - rest) / Math.LN2;
}

/**
 * A pair's waterfall: the prior, what each field weighs, what the frequency of the agreeing values adds to that, and
 * what the thought of relatives takes away. The steps add up to `totalWeight`.
 */
export function explainPair(model: Model, fields: readonly EmField[], pair: Scored): WeightStep[] {
  const others = 1 - model.matchShare - model.relativeShare;
  const steps: WeightStep[] = [{ kind: "prior", bits: Math.log2(model.matchShare / others) }];
  let expectedBits = 0;
  for (const [comparison, outcome] of pair.outcomes.entries()) {
    if (outcome === 0) continue;
    const field = fields[comparison] as EmField;
    const context = contextOf(field, pair.outcomes);
    steps.push({ kind: "field", comparison, bits: outcomeWeight(model, comparison, outcome, context) });
    if (weighsByFrequency(field, outcome, context)) expectedBits += Math.log2(model.u[comparison]?.[context][0] ?? 1);
  }
  const frequency = pair.personBits + pair.householdBits + expectedBits;
  if (frequency !== 0) steps.push({ kind: "frequency", bits: frequency });
  const total = totalWeight(model, fields, pair);
  const relatives = total - steps.reduce((sum, step) => sum + step.bits, 0);
  if (model.relativeShare > 0) steps.push({ kind: "relatives", bits: relatives });
  return steps;
}
