/** Agreement of found clusters with the truth. */
export type Scores = {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly bcubed: { readonly precision: number; readonly recall: number; readonly f1: number };
  readonly truePairs: number;
  readonly foundPairs: number;
};

/**
 * Pairwise and B-cubed (Bagga & Baldwin 1998) precision, recall and F1 of a clustering; `found` and `truth` name the
 * cluster of each record. Records of unknown truth (undefined) are left out. When two files are linked (`secondFrom`),
 * a pair counts if it spans the files. A share of nothing is 1 when there was nothing to find, else 0.
 */
export function scoreClusters(
  found: readonly (number | string)[],
  truth: readonly (string | undefined)[],
  secondFrom?: number,
): Scores {
  const known = truth.flatMap((label, row) =>
    label === undefined ? [] : [{ row, label, cluster: String(found[row]) }],
  );
  const side = (row: number) => (secondFrom !== undefined && row >= secondFrom ? 1 : 0);
  const both = countPairs(
    known.map(({ row, label, cluster }) => [`${cluster}\u0000${label}`, side(row)]),
    secondFrom,
  );
  const foundPairs = countPairs(
    known.map(({ row, cluster }) => [cluster, side(row)]),
    secondFrom,
  );
  const truePairs = countPairs(
    known.map(({ row, label }) => [label, side(row)]),
    secondFrom,
  );
  const precision = share(both, foundPairs, truePairs);
  const recall = share(both, truePairs, foundPairs);
  return { precision, recall, f1: harmonic(precision, recall), bcubed: bcubed(known), truePairs, foundPairs };
}

function countPairs(keys: readonly (readonly [string, 0 | 1])[], secondFrom: number | undefined): number {
  const counts = new Map<string, [number, number]>();
  for (const [key, side] of keys) {
    const count = counts.get(key) ?? [0, 0];
    count[side]++;
    counts.set(key, count);
  }
  let pairs = 0;
  for (const [a, b] of counts.values()) pairs += secondFrom === undefined ? (a * (a - 1)) / 2 : a * b;
  return pairs;
}

/** Per record, the share of its found cluster that is truly its own, and of its true cluster that was found; averaged. */
function bcubed(known: readonly { label: string; cluster: string }[]) {
  const [clusters, labels, cells] = [new Map<string, number>(), new Map<string, number>(), new Map<string, number>()];
  const add = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
  for (const { label, cluster } of known) {
    add(clusters, cluster);
    add(labels, label);
    add(cells, `${cluster}\u0000${label}`);
  }
  let precision = 0;
  let recall = 0;
  for (const { label, cluster } of known) {
    const cell = cells.get(`${cluster}\u0000${label}`) ?? 0;
    precision += cell / (clusters.get(cluster) ?? 1);
    recall += cell / (labels.get(label) ?? 1);
  }
  const n = Math.max(1, known.length);
  return { precision: precision / n, recall: recall / n, f1: harmonic(precision / n, recall / n) };
}

function share(part: number, whole: number, otherWhole: number): number {
  if (whole > 0) return part / whole;
  return otherWhole === 0 ? 1 : 0;
}

function harmonic(a: number, b: number): number {
  return a + b === 0 ? 0 : (2 * a * b) / (a + b);
}
