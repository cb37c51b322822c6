import type { MemberRows } from "./rows.ts";

/** What came back of purchases within the window, kopecks by line: the last word on each. Undefined where nothing did. */
export function returnedShares({ rows }: MemberRows): Map<number, readonly number[]> | undefined {
  let found: Map<number, readonly number[]> | undefined;
  for (const row of rows) {
    if (row.what !== "other" || row.facts.returned === undefined) continue;
    found ??= new Map();
    found.set(row.facts.returned[0], row.facts.returned[1].lines);
  }
  return found;
}
