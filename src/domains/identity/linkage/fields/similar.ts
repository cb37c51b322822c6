import type { PairSql } from "./types.ts";

/**
 * Similarity conditions on byte strings. Both functions of ClickHouse work on bytes, hence columns of type `bytes`.
 * Jaro-Winkler: Winkler 1990; thresholds 0.92, 0.88 and 0.8 are about those of the usual tools and only set where a
 * level ends: what a level weighs is estimated.
 */
export function jaroWinkler(column: string): PairSql {
  return (l, r) => `jaroWinklerSimilarity(${l(column)}, ${r(column)})`;
}

/** Insertions, deletions, substitutions and swaps of neighbours that turn one value into the other. */
export function typos(column: string): PairSql {
  return (l, r) => `damerauLevenshteinDistance(${l(column)}, ${r(column)})`;
}

/** Insertions, deletions and substitutions only: four times as fast on long values, where a swap counts as two. */
export function edits(column: string): PairSql {
  return (l, r) => `editDistance(${l(column)}, ${r(column)})`;
}

export function equal(column: string): PairSql {
  return (l, r) => `${l(column)} = ${r(column)}`;
}

export function eitherEmpty(column: string): PairSql {
  return (l, r) => `(${l(column)} = '' OR ${r(column)} = '')`;
}

export function shorterAtLeast(column: string, length: number): PairSql {
  return (l, r) => `least(length(${l(column)}), length(${r(column)})) >= ${length}`;
}

export function both(...parts: readonly PairSql[]): PairSql {
  return (l, r, d) => `(${parts.map((part) => part(l, r, d)).join(" AND ")})`;
}

export function either(...parts: readonly PairSql[]): PairSql {
  return (l, r, d) => `(${parts.map((part) => part(l, r, d)).join(" OR ")})`;
}

export function atLeast(part: PairSql, bound: number): PairSql {
  return (l, r, d) => `${part(l, r, d)} >= ${bound}`;
}

export function atMost(part: PairSql, bound: number): PairSql {
  return (l, r, d) => `${part(l, r, d)} <= ${bound}`;
}
