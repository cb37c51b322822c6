import type { LinkInput } from "./config.ts";
import type { LinkedPair } from "./model/fit.ts";
import { hash53 } from "./store/records.ts";

/**
 * The same records in an order that only their contents decide, the second file's after the first's. Whatever comes after
 * (which record of a pair is the left one, which pairs are drawn at random, how ties are broken) then does not depend on the
 * order of the input. `rowOf` leads back. Records that are equal in all fields can't be told apart, nor need they.
 */
export function inContentOrder(input: LinkInput): { readonly input: LinkInput; readonly rowOf: Int32Array } {
  const { rows, values, secondFrom = rows, truth } = input;
  const keys = Float64Array.from({ length: rows }, (_, row) => {
    const content = hash53(values.map((column) => column[row]).join("\u0001"));
    return row < secondFrom ? content : content + 2 ** 53;
  });
  const rowOf = Int32Array.from({ length: rows }, (_, row) => row).sort(
    (a, b) => (keys[a] as number) - (keys[b] as number) || a - b,
  );
  const reordered = <T>(column: readonly T[]): T[] => Array.from(rowOf, (row) => column[row] as T);
  return { input: { ...input, values: values.map(reordered), ...(truth ? { truth: reordered(truth) } : {}) }, rowOf };
}

/** Pairs by the rows of the input; in one file the lower row is the left one. */
export function inRowOrder(pairs: readonly LinkedPair[], rowOf: Int32Array, linking: boolean): LinkedPair[] {
  return pairs.map((pair) => {
    const [l, r] = [rowOf[pair.l] as number, rowOf[pair.r] as number];
    return !linking && l > r ? { ...pair, l: r, r: l } : { ...pair, l, r };
  });
}

/** Clusters by the rows of the input, named by their lowest row. */
export function clustersInRowOrder(clusterOf: ReadonlyMap<number, number>, rowOf: Int32Array): Map<number, number> {
  const lowest = new Map<number, number>();
  for (const [record, cluster] of clusterOf) {
    const row = rowOf[record] as number;
    lowest.set(cluster, Math.min(row, lowest.get(cluster) ?? row));
  }
  return new Map([...clusterOf].map(([record, cluster]) => [rowOf[record] as number, lowest.get(cluster) as number]));
}
