import type { Linkage, LinkedPair } from "#domains/identity/linkage/index.ts";

/**
 * Pairs worth showing: some sure matches, those nearest the threshold on both sides, the closest that were left apart,
 * and likely relatives; from the surest to the least sure, none twice.
 */
export function samplePairs({ pairs, clustering }: Linkage, each = 5): LinkedPair[] {
  const byProbability = [...pairs].sort((a, b) => b.p - a.p || a.l - b.l || a.r - b.r);
  const { threshold, clusterOf } = clustering;
  const near = [...byProbability].sort((a, b) => Math.abs(a.p - threshold) - Math.abs(b.p - threshold));
  const apart = byProbability.filter(({ l, r }) => clusterOf.get(l) !== clusterOf.get(r));
  const relatives = [...pairs].filter(({ relative }) => relative > 0.5).sort((a, b) => b.relative - a.relative);
  const chosen = new Set([
    ...byProbability.slice(0, each),
    ...near.slice(0, each * 2),
    ...apart.slice(0, each),
    ...relatives.slice(0, each),
  ]);
  return byProbability.filter((pair) => chosen.has(pair));
}
