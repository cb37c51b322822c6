import type { ScoredPair } from "./agglomerate.ts";

/**
 * Links records of two files so that each has at most one partner: best pair first, as long as both are free and the
 * probability reaches the threshold. Ties go to the lower numbers. Returns cluster numbers as `agglomerate` does.
 */
export function linkOneToOne(pairs: readonly ScoredPair[], threshold: number): Map<number, number> {
  const cluster = new Map<number, number>();
  const taken = new Set<number>();
  const best = [...pairs].sort((a, b) => b.p - a.p || a.l - b.l || a.r - b.r);
  for (const { l, r, p } of best) {
    if (!cluster.has(l)) cluster.set(l, l);
    if (!cluster.has(r)) cluster.set(r, r);
    if (p < threshold || taken.has(l) || taken.has(r)) continue;
    taken.add(l).add(r);
    cluster.set(r, l);
  }
  return cluster;
}

/**
 * Whether two files look as if each held a person once: of the records with a sure partner (p ≥ 0.95), at most one in ten
 * has a second. A few may, since two records of different people can be alike.
 */
export function looksOneToOne(pairs: readonly ScoredPair[]): boolean {
  const partners = new Map<number, number>();
  for (const { l, r, p } of pairs) {
    if (p < 0.95) continue;
    partners.set(l, (partners.get(l) ?? 0) + 1);
    partners.set(r, (partners.get(r) ?? 0) + 1);
  }
  let several = 0;
  for (const count of partners.values()) if (count > 1) several++;
  return several * 10 <= partners.size;
}
