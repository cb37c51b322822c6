import type { Atom } from "../fields/types.ts";
import { halvesOf, maskOf, type Rule } from "../store/rules.ts";
import type { AgreementSample } from "./coverage.ts";

export type ChosenRules = {
  readonly rules: readonly Rule[];
  /** Pairs that each rule brings together. */
  readonly pairs: readonly number[];
  /** Share of the sample's matches that some rule finds. */
  readonly coverage: number;
};

export type ChooseInput = {
  readonly atoms: readonly Atom[];
  readonly sample: AgreementSample;
  /** Pairs that one atom brings together. */
  readonly atomPairs: readonly number[];
  readonly totalPairs: number;
  /** Pairs that all rules may bring together. */
  readonly budget: number;
  /** Counts the pairs of rules exactly. */
  count(rules: readonly Rule[]): Promise<readonly number[]>;
};

const MAX_RULES = 24;
/** What finding a match a second and a third time is worth beside the first: enough to break ties, and to go on. */
const WORTH = [1, 0.1, 0.01] as const;
/** Rules below this part of the budget cost the same: there are not enough rules to spend it on tiny ones. */
const CHEAP = 2 * MAX_RULES;
/** Stop when the best rule adds less than this share of the sample. */
const LEAST_GAIN = 0.0002;

/**
 * Chooses blocking rules without labels: again and again the rule that finds the most matches of the sample per pair it
 * costs (greedy weighted maximum coverage), until the budget is spent or no rule adds anything. A match found once still
 * counts a little, so that rules go on to find it by other fields too: the sample cannot show every way to differ, and
 * the estimate of what is missed needs matches found again. A rule is one atom or two of different fields. Its cost is
 * first guessed as if the two were independent and counted exactly before it is taken, since guesses for related fields
 * (city and postcode) are far too low.
 */
export async function chooseRules(input: ChooseInput): Promise<ChosenRules> {
  const { sample, budget, count } = input;
  const matches = tally(sample);
  const open = candidates(input, matches);
  const taken: Candidate[] = [];
  const least = sample.length * LEAST_GAIN;
  for (let spent = 0; taken.length < MAX_RULES; ) {
    const unsure = bestOf(open, matches, { left: budget - spent, budget, least });
    const best = unsure[0];
    if (!best) break;
    if (!best.exact) {
      const pairs = await count(unsure.map(({ rule }) => rule));
      for (const [index, candidate] of unsure.entries()) {
        candidate.pairs = pairs[index] ?? candidate.pairs;
        candidate.exact = true;
      }
      continue;
    }
    open.delete(best);
    taken.push(best);
    spent += best.pairs;
    for (let i = 0; i < matches.counts.length; i++)
      if (agrees(matches, i, best)) matches.found[i] = (matches.found[i] ?? 0) + 1;
  }
  let missed = 0;
  for (const [index, found] of matches.found.entries()) if (found === 0) missed += matches.counts[index] ?? 0;
  const coverage = sample.length === 0 ? 0 : 1 - missed / sample.length;
  return { rules: taken.map(({ rule }) => rule), pairs: taken.map(({ pairs }) => pairs), coverage };
}

/** The sample's masks, equal ones together, in halves of 32 bits, and how often each was found. */
type Matches = {
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly counts: number[];
  readonly found: number[];
};

function tally(sample: AgreementSample): Matches {
  const counts = new Map<bigint, number>();
  for (const mask of sample) counts.set(mask, (counts.get(mask) ?? 0) + 1);
  const masks = [...counts.keys()];
  return {
    low: Int32Array.from(masks, (mask) => halvesOf(mask).low),
    high: Int32Array.from(masks, (mask) => halvesOf(mask).high),
    counts: [...counts.values()],
    found: masks.map(() => 0),
  };
}

type Candidate = {
  readonly rule: Rule;
  readonly low: number;
  readonly high: number;
  pairs: number;
  exact: boolean;
  /** What it would gain, when last computed; can only have fallen since. */
  gain: number;
};

function agrees({ low, high }: Matches, index: number, candidate: Candidate): boolean {
  return (
    ((low[index] as number) & candidate.low) === candidate.low &&
    ((high[index] as number) & candidate.high) === candidate.high
  );
}

function candidates({ atoms, atomPairs, totalPairs, budget }: ChooseInput, matches: Matches): Set<Candidate> {
  const all = new Set<Candidate>();
  const useful = atoms.flatMap((_, index) => ((atomPairs[index] ?? 0) > 0 ? [index] : []));
  const add = (rule: Rule, pairs: number, exact: boolean) => {
    if (pairs > budget) return;
    const candidate = { rule, ...halvesOf(maskOf(rule)), pairs, exact, gain: 0 };
    candidate.gain = gainOf(candidate, matches);
    all.add(candidate);
  };
  for (const a of useful) {
    const own = atomPairs[a] as number;
    add([a], own, true);
    for (const b of useful) {
      if (b <= a || atoms[a]?.field === atoms[b]?.field) continue;
      add([a, b], (own * (atomPairs[b] as number)) / totalPairs, false);
    }
  }
  return all;
}

function gainOf(candidate: Candidate, matches: Matches): number {
  let gain = 0;
  for (let i = 0; i < matches.counts.length; i++) {
    if (agrees(matches, i, candidate)) gain += (matches.counts[i] as number) * (WORTH[matches.found[i] as number] ?? 0);
  }
  return gain;
}

/** How many uncounted candidates are counted at once, since each query has a cost of its own. */
const COUNT_TOGETHER = 12;

/**
 * The candidate with the most gain per pair, alone if its pairs are counted, else with the next best uncounted ones. Gains only fall (Minoux 1978), so a gain is
 * computed anew only for those that lead.
 */
function bestOf(
  open: Set<Candidate>,
  matches: Matches,
  { left, budget, least }: { left: number; budget: number; least: number },
): Candidate[] {
  const rate = (candidate: Candidate) => candidate.gain / Math.max(candidate.pairs, budget / CHEAP, 1);
  const order = [...open].filter(({ pairs }) => pairs <= left).sort((a, b) => rate(b) - rate(a));
  let best: Candidate | undefined;
  for (const candidate of order) {
    if (best && rate(candidate) <= rate(best)) break;
    candidate.gain = gainOf(candidate, matches);
    if (candidate.gain < least) open.delete(candidate);
    else if (!best || rate(candidate) > rate(best)) best = candidate;
  }
  if (!best || best.exact) return best ? [best] : [];
  const others = order.filter((candidate) => !candidate.exact && candidate !== best && open.has(candidate));
  return [best, ...others.slice(0, COUNT_TOGETHER - 1)];
}
