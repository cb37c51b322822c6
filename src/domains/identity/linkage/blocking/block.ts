import type { ClickHouseClient } from "@clickhouse/client";
import { createRandom } from "#kernel/random.ts";
import type { LinkConfig } from "../config.ts";
import type { Model } from "../model/classes.ts";
import type { RandomGroup } from "../model/em.ts";
import { fitModel, fitRandom, type LinkedPair, scorePairs } from "../model/fit.ts";
import type { Prepared } from "../prepare.ts";
import {
  countRulePairs,
  createCandidates,
  createPairs,
  distinctCandidates,
  filledShares,
  insertCandidates,
  insertPairs,
} from "../store/pairs.ts";
import { halvesOf, includes, maskOf, meets, type Rule } from "../store/rules.ts";
import { type ChosenRules, chooseRules } from "./choose-rules.ts";
import { assumedMatches, atomGroups, learnedMatches, type ProbableMatch } from "./coverage.ts";

/** Matches in the samples on which rules are chosen. */
const SAMPLE = 4000;
/** Pairs compared at least, however few the records are. */
const LEAST_BUDGET = 500_000;
/** Share of the budget for the first rules, which only serve to see what matches look like. */
const FIRST_SHARE = 0.1;

type Tables = {
  readonly records: string;
  readonly firstCandidates: string;
  readonly firstPairs: string;
  readonly firstWeights: string;
};

/**
 * Chooses blocking rules in two rounds, without labels: rules for matches as one would guess them, a first model from
 * the pairs those find, then rules for matches as that model shows them. Returns that first model too.
 */
export async function chooseBlocking(
  client: ClickHouseClient,
  tables: Tables,
  config: LinkConfig,
  prepared: Prepared,
  random: readonly RandomGroup[],
): Promise<{ readonly rules: ChosenRules; readonly model: Model }> {
  const { layout, totalPairs, rows } = prepared;
  const count = (rules: readonly Rule[]) => countRulePairs(client, tables.records, prepared, rules);
  const atomPairs = await count(layout.atoms.map((_, index) => [index]));
  const base = { atoms: layout.atoms, atomPairs, totalPairs, count };
  const budget = Math.max(LEAST_BUDGET, config.pairsPerRecord * rows);
  const groups = atomGroups(layout.atoms);
  const draws = createRandom(config.seed);

  const filled = await filledShares(client, layout, tables.records);
  const assumed = assumedMatches(groups, filled, draws.fork("assumed"), SAMPLE);
  const first = await chooseRules({ ...base, sample: assumed, budget: budget * FIRST_SHARE });
  if (first.rules.length === 0) return { rules: first, model: fitRandom(prepared, random) };
  await createPairs(client, tables.firstPairs);
  const { records, firstCandidates: candidates, firstPairs: pairs } = tables;
  await bringTogether(client, { records, candidates, pairs }, prepared, first.rules);
  const fit = await fitModel(client, tables.firstPairs, prepared, random, first.rules);
  const scored = await scorePairs(client, { pairs: tables.firstPairs, weights: tables.firstWeights }, prepared, fit);
  const probable = probableMatches(scored, groups, first.rules);
  if (probable.length === 0) return { rules: first, model: fit.model };
  const learned = learnedMatches(groups, probable, draws.fork("learned"), SAMPLE);
  return { rules: await chooseRules({ ...base, sample: learned, budget }), model: fit.model };
}

/** Compares the pairs of all rules into the pair table, each pair once; notes agreement on `atoms`, else on all. */
export async function bringTogether(
  client: ClickHouseClient,
  tables: { readonly records: string; readonly candidates: string; readonly pairs: string },
  prepared: Prepared,
  rules: readonly Rule[],
  atoms?: readonly number[],
): Promise<void> {
  await createCandidates(client, tables.candidates);
  for (const rule of rules) await insertCandidates(client, tables, prepared, rule);
  const by = { ...prepared, ...(atoms === undefined ? {} : { atoms }) };
  await insertPairs(client, tables, by, distinctCandidates(tables.candidates));
}

function probableMatches(
  scored: readonly LinkedPair[],
  groups: readonly (readonly number[])[],
  rules: readonly Rule[],
): ProbableMatch[] {
  const masks = rules.map((rule) => halvesOf(maskOf(rule)));
  const groupMasks = groups.map((atoms) => halvesOf(maskOf(atoms)));
  return scored.flatMap(({ low, high, p }) => {
    if (p < 0.5) return [];
    const finders = masks.filter((mask) => includes({ low, high }, mask));
    const atoms = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
    return [{ atoms, p, eligible: groupMasks.map((group) => finders.some((mask) => !meets(mask, group))) }];
  });
}
