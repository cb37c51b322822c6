/** A scored pair of records (by number): probability that they are one person. */
export type ScoredPair = { readonly l: number; readonly r: number; readonly p: number };

type Link = { sum: number; readonly between: readonly [number, number]; stamp: number };

/**
 * Groups records by average linkage (UPGMA) on probabilities: again and again the two clusters whose records match best
 * on average are joined, until no average reaches `threshold`; pairs that were never compared count as 0. A chain of
 * lucky links (A-B, B-C, C-D) therefore does not hold: A-D, A-C and B-D pull its average down.
 *
 * Joining when the mean of p exceeds θ raises Σ(p - θ) over the pairs inside clusters, which is what maximises the
 * expected F1 when θ is half of that F1 (Dinkelbach 1967 on F1 = 2ΣP ÷ (ΣN + ΣM)).
 *
 * The result does not depend on the order of pairs or records unless averages tie exactly; then lower numbers go first.
 * Returns the cluster number of every record that has a pair, clusters named by their lowest record.
 */
export function agglomerate(pairs: readonly ScoredPair[], threshold: number, maxSize: number): Map<number, number> {
  if (pairs.length === 1) return joinTwo(pairs[0] as ScoredPair, threshold);
  const size = new Map<number, number>();
  const links = new Map<number, Map<number, Link>>();
  const heap = createHeap();
  let stamp = 0;
  const connect = (a: number, b: number, sum: number) => {
    const link: Link = { sum, between: a < b ? [a, b] : [b, a], stamp: ++stamp };
    neighbours(links, a).set(b, link);
    neighbours(links, b).set(a, link);
    const average = sum / ((size.get(a) ?? 1) * (size.get(b) ?? 1));
    if (average >= threshold) heap.push({ average, link, stamp: link.stamp });
  };
  for (const { l, r, p } of pairs) {
    if (!size.has(l)) size.set(l, 1);
    if (!size.has(r)) size.set(r, 1);
    connect(l, r, p + (links.get(l)?.get(r)?.sum ?? 0));
  }
  const parent = new Map<number, number>();
  for (let top = heap.pop(); top; top = heap.pop()) {
    const { link } = top;
    if (link.stamp !== top.stamp) continue;
    const [a, b] = link.between;
    const [sizeA, sizeB] = [size.get(a) ?? 1, size.get(b) ?? 1];
    if (links.get(a)?.get(b) !== link || sizeA + sizeB > maxSize) continue;
    link.stamp = 0;
    parent.set(b, a);
    size.set(a, sizeA + sizeB);
    merge(links, a, b, connect);
  }
  return rootsOf([...size.keys()], parent);
}

function joinTwo({ l, r, p }: ScoredPair, threshold: number): Map<number, number> {
  const [first, second] = l < r ? [l, r] : [r, l];
  return new Map([
    [first, first],
    [second, p >= threshold ? first : second],
  ]);
}

/** Moves b's links to a, renews a's, as a grew and its averages fell. */
function merge(
  links: Map<number, Map<number, Link>>,
  a: number,
  b: number,
  connect: (a: number, b: number, sum: number) => void,
): void {
  const own = neighbours(links, a);
  const gone = neighbours(links, b);
  own.delete(b);
  gone.delete(a);
  const sums = new Map<number, number>();
  for (const [other, { sum }] of own) sums.set(other, sum);
  for (const [other, { sum }] of gone) {
    sums.set(other, (sums.get(other) ?? 0) + sum);
    neighbours(links, other).delete(b);
  }
  links.delete(b);
  for (const [other, sum] of sums) connect(a, other, sum);
}

function neighbours(links: Map<number, Map<number, Link>>, of: number): Map<number, Link> {
  let found = links.get(of);
  if (!found) {
    found = new Map();
    links.set(of, found);
  }
  return found;
}

function rootsOf(records: readonly number[], parent: ReadonlyMap<number, number>): Map<number, number> {
  const roots = new Map<number, number>();
  for (const record of records) {
    let root = record;
    for (let up = parent.get(root); up !== undefined; up = parent.get(root)) root = up;
    roots.set(record, root);
  }
  return roots;
}

type Entry = { readonly average: number; readonly link: Link; readonly stamp: number };

/** Best average first; ties by the lower records. */
function before(a: Entry, b: Entry): boolean {
  if (a.average !== b.average) return a.average > b.average;
  const [[al, ar], [bl, br]] = [a.link.between, b.link.between];
  return al !== bl ? al < bl : ar < br;
}

/** A binary heap (Williams 1964). */
function createHeap() {
  const items: Entry[] = [];
  const swap = (i: number, j: number) => {
    [items[i], items[j]] = [items[j] as Entry, items[i] as Entry];
  };
  return {
    push(entry: Entry): void {
      items.push(entry);
      for (let at = items.length - 1; at > 0; ) {
        const up = (at - 1) >> 1;
        if (!before(items[at] as Entry, items[up] as Entry)) break;
        swap(at, up);
        at = up;
      }
    },
    pop(): Entry | undefined {
      const top = items[0];
      const last = items.pop();
      if (items.length === 0 || last === undefined) return top;
      items[0] = last;
      for (let at = 0; ; ) {
        const [left, right] = [2 * at + 1, 2 * at + 2];
        let best = at;
        if (left < items.length && before(items[left] as Entry, items[best] as Entry)) best = left;
        if (right < items.length && before(items[right] as Entry, items[best] as Entry)) best = right;
        if (best === at) return top;
        swap(at, best);
        at = best;
      }
    },
  };
}
