import { inStreamOrder, type StreamJoin, type StreamPlace } from "#domains/ledger/index.ts";

/** What happened up to where members became one or two, or one was erased, and what that was. */
export type Part<Row> = { readonly rows: readonly Row[]; readonly join?: StreamJoin };

/**
 * Rows of a stretch, cut where it changes whose something is: what was noted before goes where a merge or an unmerge takes
 * it, so rows are noted in this order. Between two cuts the order is nothing.
 */
export function partsOf<Row extends StreamPlace>(rows: readonly Row[], joins: readonly StreamJoin[]): Part<Row>[] {
  if (joins.length === 0) return [{ rows }];
  const ordered = rows.toSorted(inStreamOrder);
  const parts: Part<Row>[] = [];
  let next = 0;
  for (const join of joins) {
    const from = next;
    while (next < ordered.length && inStreamOrder(ordered[next] as Row, join) < 0) next++;
    parts.push({ rows: ordered.slice(from, next), join });
  }
  return [...parts, { rows: ordered.slice(next) }];
}
