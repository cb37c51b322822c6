import type { ScoredPair } from "./agglomerate.ts";

/**
 * Pairs by the connected components that pairs of at least `least` make (union-find with path halving). Pairs between
 * components are left out: no clustering at a threshold of `least` or more can join across them.
 */
export function components(pairs: readonly ScoredPair[], least: number): ScoredPair[][] {
  const parent = new Map<number, number>();
  const rootOf = (record: number): number => {
    let at = record;
    for (let up = parent.get(at) ?? at; up !== at; up = parent.get(at) ?? at) {
      const above = parent.get(up) ?? up;
      parent.set(at, above);
      at = above;
    }
    return at;
  };
  for (const { l, r, p } of pairs) {
    if (p < least) continue;
    const [a, b] = [rootOf(l), rootOf(r)];
    if (a !== b) parent.set(Math.max(a, b), Math.min(a, b));
  }
  const found = new Map<number, ScoredPair[]>();
  for (const pair of pairs) {
    const root = rootOf(pair.l);
    if (root !== rootOf(pair.r)) continue;
    const own = found.get(root);
    if (own) own.push(pair);
    else found.set(root, [pair]);
  }
  return [...found.values()];
}
