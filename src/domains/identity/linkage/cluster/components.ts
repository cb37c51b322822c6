import type { ScoredPair } from "./agglomerate.ts";

/**
 * Pairs by the connected components that pairs of at least `least` make (union-find with path halving). Pairs between
 * components are left out: no clustering at a threshold of `least` or more can join across them.
 */
export function components(pairs: readonly ScoredPair[], least: number): ScoredPair[][] {
  let records = 0;
  for (const { l, r } of pairs) records = Math.max(records, l + 1, r + 1);
  const parent = Int32Array.from({ length: records }, (_, record) => record);
  const rootOf = (record: number): number => {
    let at = record;
    while (parent[at] !== at) {
      const up = parent[parent[at] as number] as number;
      parent[at] = up;
      at = up;
    }
    return at;
  };
  for (const { l, r, p } of pairs) {
    if (p < least) continue;
    const [a, b] = [rootOf(l), rootOf(r)];
    if (a !== b) parent[Math.max(a, b)] = Math.min(a, b);
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
