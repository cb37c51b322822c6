import type { ScoredPair } from "./agglomerate.ts";
import { components } from "./components.ts";

/** However little the model expects to find, pairs less likely than this are never joined. */
export const LEAST_THRESHOLD = 0.1;
const MAX_ROUNDS = 5;

export type Clustering = {
  /** Cluster number of every record that has a likely pair; others are clusters of their own. */
  readonly clusterOf: ReadonlyMap<number, number>;
  /** The probability from which the average of two clusters joins them. */
  readonly threshold: number;
  /** What the model itself expects: precision, recall and F1 over pairs, as far as its probabilities are right. */
  readonly expected: { readonly precision: number; readonly recall: number; readonly f1: number };
};

/**
 * Chooses the threshold without labels: the θ that is half the F1 the model expects of the clusters at θ, found by
 * iteration. Expected true pairs inside are Σp; all there are is Σp over all candidates plus `missedPairs`.
 */
export function clusterByExpectedF1(
  pairs: readonly ScoredPair[],
  missedPairs: number,
  cluster: (pairs: readonly ScoredPair[], threshold: number) => Map<number, number>,
): Clustering {
  const parts = components(pairs, LEAST_THRESHOLD);
  let threshold = 0.5;
  let best: Clustering | undefined;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const clusterOf = clusterParts(parts, threshold, cluster);
    const expected = expectedF1(pairs, clusterOf, missedPairs);
    if (!best || expected.f1 > best.expected.f1) best = { clusterOf, threshold, expected };
    const next = Math.max(LEAST_THRESHOLD, expected.f1 / 2);
    if (Math.abs(next - threshold) < 0.005) break;
    threshold = next;
  }
  return best ?? { clusterOf: new Map(), threshold, expected: { precision: 0, recall: 0, f1: 0 } };
}

/** Clusters the components one by one; records without a likely pair are left out. */
export function clusterParts(
  parts: readonly (readonly ScoredPair[])[],
  threshold: number,
  cluster: (pairs: readonly ScoredPair[], threshold: number) => ReadonlyMap<number, number>,
): Map<number, number> {
  const all = new Map<number, number>();
  for (const part of parts) for (const [record, own] of cluster(part, threshold)) all.set(record, own);
  return all;
}

function expectedF1(pairs: readonly ScoredPair[], clusterOf: ReadonlyMap<number, number>, missed: number) {
  let inside = 0;
  let all = missed;
  for (const { l, r, p } of pairs) {
    all += p;
    const own = clusterOf.get(l);
    if (own !== undefined && own === clusterOf.get(r)) inside += p;
  }
  const sizes = new Map<number, number>();
  for (const cluster of clusterOf.values()) sizes.set(cluster, (sizes.get(cluster) ?? 0) + 1);
  let predicted = 0;
  for (const size of sizes.values()) predicted += (size * (size - 1)) / 2;
  if (predicted === 0 || all === 0) return { precision: 0, recall: 0, f1: 0 };
  return { precision: inside / predicted, recall: inside / all, f1: (2 * inside) / (predicted + all) };
}
