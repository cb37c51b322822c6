import type { ClickHouseClient } from "@clickhouse/client";
import { bringTogether, chooseBlocking } from "./blocking/block.ts";
import type { ChosenRules } from "./blocking/choose-rules.ts";
import { missedMatches } from "./blocking/loss.ts";
import { agglomerate, type ScoredPair } from "./cluster/agglomerate.ts";
import { components } from "./cluster/components.ts";
import { linkOneToOne, looksOneToOne } from "./cluster/one-to-one.ts";
import { type Clustering, clusterByExpectedF1, clusterParts, LEAST_THRESHOLD } from "./cluster/threshold.ts";
import type { LinkConfig, LinkInput } from "./config.ts";
import { clustersInRowOrder, inContentOrder, inRowOrder } from "./content-order.ts";
import { decisionBands } from "./model/bands.ts";
import type { Model } from "./model/classes.ts";
import { findParents } from "./model/dependence.ts";
import { fitModel, fitRandom, type LinkedPair, randomGroups, scorePairs } from "./model/fit.ts";
import { weighByPeople } from "./model/people-frequency.ts";
import { type Prepared, prepare, withParents } from "./prepare.ts";
import { allPairs, countCompared, createPairs, insertPairs, randomPairs } from "./store/pairs.ts";
import { createRecords, dropTables, loadRecords } from "./store/records.ts";
import { halvesOf, includes, maskOf } from "./store/rules.ts";
import { countTruePairs } from "./store/truth.ts";

/** Up to this many pairs all are compared and blocking loses nothing. */
const COMPARE_ALL = 1_500_000;
/** Random pairs behind the u-probabilities when not all are compared: shares down to a millionth (half a pair). */
const RANDOM_PAIRS = 500_000;

export type Linkage = {
  readonly prepared: Prepared;
  readonly model: Model;
  /** Pairs that may match, with probabilities; not in any order. */
  readonly pairs: readonly LinkedPair[];
  readonly clustering: Clustering;
  readonly oneToOne: boolean;
  readonly bands: { readonly merge: number; readonly review: number };
  readonly comparedPairs: number;
  readonly blocking: Blocking;
};
export type Blocking = {
  /** Absent when all pairs were compared. */
  readonly rules?: ChosenRules;
  /** Estimated matches that no rule found, and the share of all matches that were found. */
  readonly missedPairs: number;
  readonly recall: number;
  /** Compared pairs that truly are one person, where the truth is known. */
  readonly truePairsCompared?: number;
};

export type LinkDeps = {
  readonly clickhouse: ClickHouseClient;
  /** Prefix of the tables this run makes and drops; a name of its own for each run. */
  readonly run: string;
  readonly progress: (step: LinkStep) => void;
};
export type LinkStep = "prepare" | "load" | "random pairs" | "blocking" | "compare" | "estimate" | "score" | "cluster";

/**
 * Links records without labels: cleans and loads them, chooses blocking rules, compares the pairs in ClickHouse,
 * estimates the Fellegi-Sunter model by EM, scores, and clusters at the threshold that the model itself expects to be
 * best. The tables of the run are dropped at the end, also after a failure.
 */
export async function linkRecords(deps: LinkDeps, config: LinkConfig, given: LinkInput): Promise<Linkage> {
  const { clickhouse: client, run, progress } = deps;
  const tables = {
    records: `${run}_record`,
    candidates: `${run}_candidate`,
    pairs: `${run}_pair`,
    weights: `${run}_weight`,
    firstCandidates: `${run}_first_candidate`,
    firstPairs: `${run}_first_pair`,
    firstWeights: `${run}_first_weight`,
    truth: `${run}_truth`,
  };
  try {
    progress("prepare");
    const { input, rowOf } = inContentOrder(given);
    const plain = prepare(config, input);
    await breathe();
    progress("load");
    await createRecords(client, tables.records, plain.layout);
    await loadRecords(client, tables.records, plain);
    await createPairs(client, tables.pairs);
    const { prepared, random, rules } = await findPairs(deps, tables, config, plain);
    progress("estimate");
    const fit = await fitModel(client, tables.pairs, prepared, random, rules?.rules);
    await breathe();
    progress("score");
    const scored = await scorePairs(client, tables, prepared, fit);
    const truePairsCompared = input.truth && (await countTruePairs(client, tables, input.truth));
    progress("cluster");
    const loss = lossOf(scored, rules);
    const blocking = { ...loss, ...(truePairsCompared === undefined ? {} : { truePairsCompared }) };
    const oneToOne =
      prepared.linking && (config.links === "auto" ? looksOneToOne(scored) : config.links === "one-to-one");
    const cluster = (pairs: readonly ScoredPair[], threshold: number) =>
      oneToOne ? linkOneToOne(pairs, threshold) : agglomerate(pairs, threshold, config.maxClusterSize);
    const people = clusterParts(components(scored, LEAST_THRESHOLD), 0.5, cluster);
    const pairs = weighByPeople(prepared, fit.model, scored, people);
    const clustering = clusterByExpectedF1(pairs, loss.missedPairs, cluster);
    return {
      prepared,
      model: fit.model,
      pairs: inRowOrder(pairs, rowOf, prepared.linking),
      clustering: { ...clustering, clusterOf: clustersInRowOrder(clustering.clusterOf, rowOf) },
      oneToOne,
      bands: decisionBands(pairs.map(({ p }) => p)),
      comparedPairs: fit.pairs,
      blocking,
    };
  } finally {
    await breathe();
    await dropTables(client, Object.values(tables));
  }
}

/**
 * Lets timers and closed connections be seen after long work without a pause: else the next request may go to a connection
 * that the engine has given up meanwhile.
 */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

type Tables = Readonly<
  Record<"records" | "candidates" | "pairs" | "weights" | "firstCandidates" | "firstPairs" | "firstWeights", string>
>;

/** Looks at random pairs, finds which fields depend on others, and fills the pair table, by rules or with all pairs. */
async function findPairs(
  { clickhouse: client, progress }: LinkDeps,
  tables: Tables,
  config: LinkConfig,
  plain: Prepared,
) {
  const { linking, totalPairs, rows, secondFrom } = plain;
  const { records } = tables;
  if (totalPairs <= COMPARE_ALL) {
    progress("compare");
    const all = allPairs(records, linking);
    const random = randomGroups(plain, await countCompared(client, records, plain, all));
    const prepared = withParents(plain, findParents(fitRandom(plain, random), plain.fields, random));
    await insertPairs(client, tables, prepared, all);
    return { prepared, random };
  }
  progress("random pairs");
  const perRecord = Math.max(1, Math.ceil(RANDOM_PAIRS / Math.max(1, secondFrom)));
  const sample = randomPairs(records, { rows, linking, secondFrom, seed: config.seed, perRecord });
  const random = randomGroups(plain, await countCompared(client, records, plain, sample));
  progress("blocking");
  const { rules, model } = await chooseBlocking(client, tables, config, plain, random);
  const prepared = withParents(plain, findParents(model, plain.fields, random));
  progress("compare");
  await bringTogether(client, tables, prepared, rules.rules, [...new Set(rules.rules.flat())]);
  return { prepared, random, rules };
}

function lossOf(pairs: readonly LinkedPair[], rules: ChosenRules | undefined): Blocking {
  if (!rules) return { missedPairs: 0, recall: 1 };
  const masks = rules.rules.map((rule) => halvesOf(maskOf(rule)));
  const found = pairs.map((pair) => ({ p: pair.p, rules: masks.filter((mask) => includes(pair, mask)).length }));
  const missedPairs = missedMatches(found, masks.length);
  const foundPairs = found.reduce((sum, { p }) => sum + p, 0);
  return { rules, missedPairs, recall: foundPairs + missedPairs === 0 ? 1 : foundPairs / (foundPairs + missedPairs) };
}
