import {
  CONTEXTS,
  type Context,
  contextOf,
  type EmField,
  type Model,
  pairScorer,
  type Rows,
  type Scored,
} from "./classes.ts";
import { ordered } from "./monotone.ts";

/** Pairs alike, how many they are, and the fields they may teach (bit mask). */
export type EmGroup = Scored & { readonly count: number; readonly eligible: number };
/** Random pairs alike. */
export type RandomGroup = { readonly outcomes: readonly number[]; readonly count: number };

export type EmInput = {
  readonly fields: readonly EmField[];
  readonly groups: readonly EmGroup[];
  readonly random: readonly RandomGroup[];
  /** All pairs there are, brought together or not. */
  readonly totalPairs: number;
  readonly relatives: boolean;
  /** True when the groups' bits are not known: values then weigh by their mean frequency. */
  readonly plain?: boolean;
};

const MAX_ITERATIONS = 100;
const CONVERGED = 1e-4;
/** Pairs' worth of belief in a first guess: keeps an outcome that few pairs have from a weight of infinity. */
const PRIOR_PAIRS = 2;
/** Pairs' worth of belief that a field does not depend on its parent. */
const INDEPENDENT_PAIRS = 20;
/** A field that fewer expected matches than this may teach learns from all pairs instead. */
const ENOUGH_MATCHES = 20;

/**
 * Estimates the model without labels by expectation and maximisation (Winkler 1988), on counts of patterns (Enamorado,
 * Fifield & Imai 2019). Matches and relatives learn from the pairs that blocking brought together; a field learns from
 * pairs found by rules that don't look at it, else its agreement would be what the rules made it. Pairs not brought
 * together count as others. Others learn from random pairs, weighed by the probability that they are no match.
 */
export function estimate(input: EmInput): Model {
  let model = firstGuess(input);
  for (let iteration = 1; iteration <= MAX_ITERATIONS; iteration++) {
    const next = { ...maximise(input, model), iterations: iteration };
    const change = difference(model, next);
    model = next;
    if (change < CONVERGED) break;
  }
  return model;
}

/** Matches agree: 0.8 on the strongest outcome, the rest falls by halves; about one in a hundred found pairs matches. */
function firstGuess({ fields, random, totalPairs, groups, relatives }: EmInput): Model {
  const found = groups.reduce((sum, { count }) => sum + count, 0);
  const matchShare = shareWithin((0.01 * found) / totalPairs, totalPairs);
  const m = fields.map(({ levels }): Rows => sameRows(normalise(agreeing(levels))));
  const u = tally(fields, random, () => 1).map((rows, index) => capped(settle(rows, 1), fields[index]?.mostByChance));
  return { m, h: m, u, matchShare, relativeShare: relatives ? matchShare / 2 : 0, iterations: 0 };
}

function agreeing(levels: number): number[] {
  return normalise(Array.from({ length: levels }, (_, level) => (level === 0 ? 0.8 : 0.2 * 0.5 ** level)));
}

const sameRows = (row: readonly number[]): Rows => [row, row, row];

const NO_BITS = { personBits: 0, householdBits: 0 };

type Counts = [number[], number[], number[]];

function maximise(input: EmInput, model: Model): Omit<Model, "iterations"> {
  const { fields, groups, random, totalPairs, relatives } = input;
  const probabilities = groups.map(pairScorer(model, fields, input.plain));
  const sum = (of: "match" | "relative") =>
    groups.reduce((total, { count }, index) => total + count * (probabilities[index]?.[of] ?? 0), 0);
  const taught = (of: "match" | "relative", all: boolean) =>
    tally(fields, groups, (index, field) => {
      const may = all || ((groups[index]?.eligible ?? 0) >>> field) & 1;
      return may ? (probabilities[index]?.[of] ?? 0) : 0;
    });
  const own = taught("match", false);
  const any = taught("match", true);
  const plain = pairScorer(model, fields, true);
  const others = random.map(({ outcomes }) => plain({ outcomes, ...NO_BITS }).other);
  const blocked = tally(fields, groups, (index, field) => {
    const may = fields[field]?.parent && ((groups[index]?.eligible ?? 0) >>> field) & 1;
    return may ? 1 - (probabilities[index]?.match ?? 0) : 0;
  });
  const u = tally(fields, random, (index) => others[index] as number).map((rows, index) =>
    capped(settle(rows, 1, alikeCounts(rows, blocked[index] as Counts)), fields[index]?.mostByChance),
  );
  const m = own.map((rows, index): Rows => {
    const enough = total(rows) >= ENOUGH_MATCHES ? rows : (any[index] as Counts);
    const settled = settle(enough, PRIOR_PAIRS);
    return [0, 1, 2].map((context) =>
      ordered(settled[context as Context], u[index]?.[context as Context] ?? []),
    ) as unknown as Rows;
  });
  return {
    m,
    h: taught("relative", false).map((rows) => settle(rows, PRIOR_PAIRS)),
    u,
    matchShare: shareWithin(sum("match") / totalPairs, totalPairs),
    relativeShare: relatives ? Math.min(0.3, sum("relative") / totalPairs) : 0,
  };
}

/** Adds up weighed counts of outcomes, per field, context and outcome. */
function tally(
  fields: readonly EmField[],
  groups: readonly RandomGroup[],
  weigh: (group: number, field: number) => number,
): Counts[] {
  const counts = fields.map(({ levels }): Counts => [0, 1, 2].map(() => new Array<number>(levels).fill(0)) as Counts);
  for (const [index, { outcomes, count }] of groups.entries()) {
    for (let field = 0; field < fields.length; field++) {
      const outcome = outcomes[field] as number;
      if (outcome === 0) continue;
      const weight = weigh(index, field) * count;
      if (weight === 0) continue;
      const row = (counts[field] as Counts)[contextOf(fields[field] as EmField, outcomes)];
      row[outcome - 1] = (row[outcome - 1] as number) + weight;
    }
  }
  return counts;
}

/**
 * Counts as probabilities. The row for an unknown parent is that of all pairs; the others lean on it. `belief` is the pairs'
 * worth of first guess behind matches; for others half a pair stands for the smallest share that can be known.
 */
function settle(counts: Counts, belief: number, alike: readonly number[] = counts[CONTEXTS.alike]): Rows {
  const levels = counts[0].length;
  const all = counts[0].map((_, level) => counts.reduce((sum, row) => sum + (row[level] as number), 0));
  const guess = belief === 1 ? new Array<number>(levels).fill(0.5) : agreeing(levels).map((share) => share * belief);
  const marginal = normalise(all.map((count, level) => count + (guess[level] as number)));
  const lean = (row: readonly number[]) =>
    normalise(row.map((count, level) => count + INDEPENDENT_PAIRS * (marginal[level] as number)));
  return [marginal, lean(alike), lean(counts[CONTEXTS.unlike])];
}

/**
 * How a field comes out where its parent agrees: such pairs are rare at random but many among those brought together, which
 * then teach it.
 */
function alikeCounts(random: Counts, blocked: Counts): readonly number[] {
  const size = (counts: Counts) => counts[CONTEXTS.alike].reduce((a, b) => a + b, 0);
  return (size(blocked) > size(random) ? blocked : random)[CONTEXTS.alike];
}

function capped(rows: Rows, most: number | undefined): Rows {
  if (most === undefined) return rows;
  return rows.map((row) =>
    normalise(row.map((share, level) => (level === 0 ? Math.min(share, most) : share))),
  ) as unknown as Rows;
}

function total(rows: Counts): number {
  return rows.reduce((sum, row) => sum + row.reduce((a, b) => a + b, 0), 0);
}

function normalise(counts: readonly number[]): number[] {
  const sum = counts.reduce((a, b) => a + b, 0);
  return counts.map((count) => (sum === 0 ? 1 / counts.length : count / sum));
}

function shareWithin(share: number, totalPairs: number): number {
  return Math.min(0.5, Math.max(0.5 / Math.max(1, totalPairs), share));
}

function difference(a: Model, b: Model): number {
  let most = Math.abs(Math.log(a.matchShare / b.matchShare)) * 0.01;
  for (const [index, rows] of a.m.entries()) {
    for (const [level, share] of rows[0].entries())
      most = Math.max(most, Math.abs(share - (b.m[index]?.[0][level] ?? 0)));
  }
  return most;
}
