import {
  explainPair,
  type Linkage,
  type LinkedPair,
  outcomeWeight,
  type Scores,
  scoreClusters,
  totalWeight,
  type WeightStep,
} from "#domains/identity/linkage/index.ts";
import type { Population } from "./read-records.ts";

/** One comparison of a report: what its outcomes weigh. */
export type ReportedField = {
  readonly field: string;
  /** The field whose agreement makes this one agree among strangers too, such as the postcode for a city. */
  readonly dependsOn?: string;
  readonly levels: readonly {
    readonly label: string;
    /** Probability of this outcome among matches and among random pairs, and log2 of their ratio. */
    readonly m: number;
    readonly u: number;
    readonly weight: number;
  }[];
};

export type ReportedStep = { readonly label: string; readonly bits: number };

/** A pair of records and how its weight came together; the steps add up to `weight`. */
export type ReportedPair = {
  readonly left: string;
  readonly right: string;
  readonly probability: number;
  readonly weight: number;
  readonly decision: "merge" | "review" | "apart";
  /** Whether the two are in one cluster. */
  readonly linked: boolean;
  readonly values: readonly { readonly field: string; readonly left: string; readonly right: string }[];
  readonly steps: readonly ReportedStep[];
};

export type ReportedCluster = {
  readonly records: readonly { readonly id: string; readonly values: readonly string[] }[];
  /** Mean probability of its pairs; pairs not compared count as 0. */
  readonly cohesion: number;
};

/** What a linkage found, for people and programs. */
export type LinkReport = {
  readonly records: number;
  readonly secondFile?: number;
  readonly fields: readonly string[];
  readonly comparisons: readonly ReportedField[];
  readonly prior: number;
  readonly expectedMatches: number;
  readonly expectedRelatives: number;
  readonly comparedPairs: number;
  readonly totalPairs: number;
  readonly rules: readonly { readonly rule: string; readonly pairs: number }[];
  readonly allCompared: boolean;
  readonly missedPairs: number;
  readonly estimatedBlockingRecall: number;
  readonly blockingRecall: number;
  readonly threshold: number;
  readonly bands: { readonly merge: number; readonly review: number };
  readonly oneToOne?: boolean;
  readonly expected: { readonly precision: number; readonly recall: number; readonly f1: number };
  readonly linkedPairs: number;
  readonly clusters: number;
  readonly largestCluster: number;
  readonly clusterSizes: readonly (readonly [size: number, clusters: number])[];
  readonly scores?: Scores;
};

export function reportOf(linkage: Linkage, population: Population): LinkReport {
  const { prepared, model, clustering, blocking } = linkage;
  const clusterOf = population.ids.map((_, row) => clustering.clusterOf.get(row) ?? row);
  const { secondFrom } = population.input;
  const scores = population.truth && scoreClusters(clusterOf, population.truth, secondFrom);
  const sizes = sizesOf(clusterOf);
  const { atoms } = prepared.layout;
  return {
    records: prepared.rows,
    ...(secondFrom === undefined ? {} : { secondFile: prepared.rows - secondFrom, oneToOne: linkage.oneToOne }),
    fields: prepared.layout.comparisons.map(({ field }) => field),
    comparisons: prepared.layout.comparisons.map(({ field, levels }, index) => ({
      field,
      ...dependence(linkage, index),
      levels: levels.map(({ label }, level) => ({
        label,
        m: model.m[index]?.[0][level] ?? 0,
        u: model.u[index]?.[0][level] ?? 0,
        weight: outcomeWeight(model, index, level + 1),
      })),
    })),
    prior: model.matchShare,
    expectedMatches: model.matchShare * prepared.totalPairs,
    expectedRelatives: model.relativeShare * prepared.totalPairs,
    comparedPairs: linkage.comparedPairs,
    totalPairs: prepared.totalPairs,
    rules: (blocking.rules?.rules ?? []).map((rule, index) => ({
      rule: rule.map((atom) => atoms[atom]?.label ?? "").join(" and "),
      pairs: blocking.rules?.pairs[index] ?? 0,
    })),
    allCompared: blocking.rules === undefined,
    missedPairs: blocking.missedPairs,
    estimatedBlockingRecall: blocking.recall,
    blockingRecall: measuredRecall(blocking.truePairsCompared, scores?.truePairs) ?? blocking.recall,
    threshold: clustering.threshold,
    bands: linkage.bands,
    expected: clustering.expected,
    linkedPairs: sizes.pairs(secondFrom, clusterOf),
    clusters: sizes.clusters,
    largestCluster: sizes.largest,
    clusterSizes: sizes.histogram,
    ...(scores === undefined ? {} : { scores }),
  };
}

function dependence({ prepared }: Linkage, index: number): { dependsOn?: string } {
  const parent = prepared.fields[index]?.parent;
  return parent === undefined ? {} : { dependsOn: prepared.layout.comparisons[parent.field]?.field ?? "" };
}

function measuredRecall(compared: number | undefined, truePairs: number | undefined): number | undefined {
  return compared === undefined || !truePairs ? undefined : compared / truePairs;
}

function sizesOf(clusterOf: readonly number[]) {
  const counts = new Map<number, number>();
  for (const cluster of clusterOf) counts.set(cluster, (counts.get(cluster) ?? 0) + 1);
  const histogram = new Map<number, number>();
  for (const size of counts.values()) histogram.set(size, (histogram.get(size) ?? 0) + 1);
  const ordered = [...histogram].sort(([a], [b]) => a - b);
  return {
    clusters: counts.size,
    largest: ordered.at(-1)?.[0] ?? 0,
    histogram: ordered,
    /** Pairs inside clusters; across the files when there are two. */
    pairs: (secondFrom: number | undefined, of: readonly number[]) => {
      if (secondFrom === undefined)
        return ordered.reduce((sum, [size, many]) => sum + (many * size * (size - 1)) / 2, 0);
      const left = new Map<number, number>();
      for (const cluster of of.slice(0, secondFrom)) left.set(cluster, (left.get(cluster) ?? 0) + 1);
      return of.slice(secondFrom).reduce((sum, cluster) => sum + (left.get(cluster) ?? 0), 0);
    },
  };
}

const clusterNumber = ({ clustering }: Linkage, row: number): number => clustering.clusterOf.get(row) ?? row;

/** What a step of a waterfall is about: the field and how it compares, never its values. */
export function stepLabel({ prepared }: Linkage, pair: LinkedPair, { kind, comparison }: WeightStep): string {
  const compared = comparison === undefined ? undefined : prepared.layout.comparisons[comparison];
  const outcome = comparison === undefined ? 0 : (pair.outcomes[comparison] ?? 0);
  const labels = {
    prior: "two records at random",
    field: `${compared?.field}: ${compared?.levels[outcome - 1]?.label}`,
    frequency: "how frequent the agreeing values are",
    relatives: "might be relatives of one household",
  };
  return labels[kind];
}

/** A pair with its values and its waterfall. */
export function reportPair(
  linkage: Linkage,
  population: Population,
  fieldNames: readonly string[],
  pair: LinkedPair,
): ReportedPair {
  const { prepared, model, bands } = linkage;
  const steps = explainPair(model, prepared.fields, pair).map((step) => ({
    label: stepLabel(linkage, pair, step),
    bits: step.bits,
  }));
  return {
    left: population.ids[pair.l] ?? "",
    right: population.ids[pair.r] ?? "",
    probability: pair.p,
    weight: totalWeight(model, prepared.fields, pair),
    decision: pair.p >= bands.merge ? "merge" : pair.p >= bands.review ? "review" : "apart",
    linked: clusterNumber(linkage, pair.l) === clusterNumber(linkage, pair.r),
    values: fieldNames.map((field, index) => ({
      field,
      left: population.input.values[index]?.[pair.l] ?? "",
      right: population.input.values[index]?.[pair.r] ?? "",
    })),
    steps,
  };
}

/** Clusters a person should look at, the least coherent first. */
export function clustersToReview(linkage: Linkage, population: Population, most: number): ReportedCluster[] {
  const { clusterOf } = linkage.clustering;
  const inside = new Map<number, { sum: number; weakest: number }>();
  for (const { l, r, p } of linkage.pairs) {
    const cluster = clusterOf.get(l);
    if (cluster === undefined || cluster !== clusterOf.get(r)) continue;
    const own = inside.get(cluster) ?? { sum: 0, weakest: 1 };
    inside.set(cluster, { sum: own.sum + p, weakest: Math.min(own.weakest, p) });
  }
  const members = new Map<number, number[]>();
  for (const [row, cluster] of clusterOf)
    if (inside.has(cluster)) members.set(cluster, [...(members.get(cluster) ?? []), row]);
  const ranked = [...inside].map(([cluster, { sum }]) => {
    const rows = members.get(cluster) ?? [];
    return { rows, cohesion: sum / Math.max(1, (rows.length * (rows.length - 1)) / 2) };
  });
  ranked.sort((a, b) => a.cohesion - b.cohesion || (a.rows[0] ?? 0) - (b.rows[0] ?? 0));
  return ranked.slice(0, most).map(({ rows, cohesion }) => ({
    cohesion,
    records: rows.map((row) => ({
      id: population.ids[row] ?? "",
      values: population.input.values.map((column) => column[row] ?? ""),
    })),
  }));
}
