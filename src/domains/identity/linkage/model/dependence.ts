import { type EmField, type Model, type Parent, pairScorer } from "./classes.ts";
import type { RandomGroup } from "./em.ts";

/** Agreement must be this many times likelier with the parent's than without to count as dependent. */
const LEAST_LIFT = 3;
/** Joint agreements (beyond what chance explains) that must be seen among random pairs. */
const LEAST_PAIRS = 10;

/**
 * Finds which fields agree because another does, among pairs that are no match: a city because the postcode does, an e-mail
 * built from the name because the surname does. Counting both as independent evidence would make strangers of one town
 * look alike. Each field gets at most one parent, the one that says most about it (mutual information, as in the trees of
 * Chow & Liu 1968 and Friedman, Geiger & Goldszmidt 1997), without circles.
 */
export function findParents(
  model: Model,
  fields: readonly EmField[],
  random: readonly RandomGroup[],
): (Parent | undefined)[] {
  const plain = pairScorer(model, fields, true);
  const weighed = random.map(({ outcomes, count }) => ({
    outcomes,
    weight: count * plain({ outcomes, personBits: 0, householdBits: 0 }).other,
  }));
  const links: { child: number; parent: Parent; information: number }[] = [];
  for (let child = 0; child < fields.length; child++) {
    for (let parent = 0; parent < fields.length; parent++) {
      if (parent === child) continue;
      const best = bestCut(weighed, fields, child, parent);
      if (best) links.push({ child, parent: { field: parent, cut: best.cut }, information: best.information });
    }
  }
  links.sort((a, b) => b.information - a.information || a.child - b.child || a.parent.field - b.parent.field);
  const parents: (Parent | undefined)[] = fields.map(() => undefined);
  for (const { child, parent } of links) {
    if (parents[child] === undefined && !leadsTo(parents, parent.field, child)) parents[child] = parent;
  }
  return parents;
}

function leadsTo(parents: readonly (Parent | undefined)[], from: number, to: number): boolean {
  for (let at: number | undefined = from; at !== undefined; at = parents[at]?.field) if (at === to) return true;
  return false;
}

type Weighed = { readonly outcomes: readonly number[]; readonly weight: number };

/**
 * The strength of the parent's agreement that makes the child's most likely: by the lower end (two standard deviations) of how
 * many times likelier, so that neither a handful of pairs nor a weak agreement that many pairs have decides.
 */
function bestCut(pairs: readonly Weighed[], fields: readonly EmField[], child: number, parent: number) {
  const table = jointCounts(pairs, fields, child, parent);
  let best: { cut: number; lift: number; information: number } | undefined;
  for (let cut = 1; cut < (fields[parent]?.levels ?? 0); cut++) {
    const found = dependenceAt(table, cut);
    if (found && (!best || found.lift > best.lift)) best = { cut, ...found };
  }
  return best;
}

/** Weights by parent's and child's outcome, both known. */
function jointCounts(pairs: readonly Weighed[], fields: readonly EmField[], child: number, parent: number): number[][] {
  const levels = fields[child]?.levels ?? 0;
  const table = Array.from({ length: fields[parent]?.levels ?? 0 }, () => new Array<number>(levels).fill(0));
  for (const { outcomes, weight } of pairs) {
    const [a, b] = [outcomes[parent] as number, outcomes[child] as number];
    const row = table[a - 1];
    if (row && b > 0) row[b - 1] = (row[b - 1] as number) + weight;
  }
  return table;
}

/** Lift, and mutual information in pairs × nats; undefined when the child agrees hardly more with the parent alike. */
function dependenceAt(
  table: readonly (readonly number[])[],
  cut: number,
): { lift: number; information: number } | undefined {
  const levels = table[0]?.length ?? 0;
  const alike = new Array<number>(levels).fill(0);
  const unlike = new Array<number>(levels).fill(0);
  for (const [index, row] of table.entries()) {
    const side = index < cut ? alike : unlike;
    for (const [level, weight] of row.entries()) side[level] = (side[level] as number) + weight;
  }
  const [inAlike, inUnlike] = [alike, unlike].map((row) => row.reduce((a, b) => a + b, 0)) as [number, number];
  const all = inAlike + inUnlike;
  if (inAlike === 0 || inUnlike === 0) return undefined;
  const agreeing = alike.slice(0, -1).reduce((a, b) => a + b, 0);
  const expected = (inAlike * (agreeing + unlike.slice(0, -1).reduce((a, b) => a + b, 0))) / all;
  const lift = (agreeing - 2 * Math.sqrt(agreeing)) / expected;
  if (lift < LEAST_LIFT || agreeing - expected < LEAST_PAIRS) return undefined;
  let information = 0;
  for (let level = 0; level < levels; level++) {
    const both = (alike[level] as number) + (unlike[level] as number);
    for (const [row, size] of [
      [alike, inAlike],
      [unlike, inUnlike],
    ] as const) {
      const seen = row[level] as number;
      if (seen > 0) information += seen * Math.log((seen * all) / (both * size));
    }
  }
  return { lift, information };
}
