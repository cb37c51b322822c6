import type { FieldPlan } from "../fields/types.ts";
import type { Prepared } from "../prepare.ts";
import { contextOf, type EmField, type Model, posterior, weighsByFrequency } from "./classes.ts";
import type { LinkedPair } from "./fit.ts";

/**
 * Weighs agreeing values anew by how many people, not records, have them: a rare surname on five records of one person is
 * still rare. People are the clusters found so far. For a pair, the value's frequency is the share of the *other* people who
 * have it; where none has it, less than one in all people, as little as the model says for values of this field.
 */
export function weighByPeople(
  prepared: Prepared,
  model: Model,
  pairs: readonly LinkedPair[],
  clusterOf: ReadonlyMap<number, number>,
): LinkedPair[] {
  const { layout, fields } = prepared;
  const person = (row: number) => clusterOf.get(row) ?? row;
  const counted = layout.plans.map(({ counted: columns }) =>
    columns.map((values) => values && countPeople(values, person)),
  );
  const places = placesOf(prepared);
  return pairs.map((pair) => {
    const strangers = person(pair.l) === person(pair.r) ? 1 : 2;
    const bits = { person: 0, household: 0 };
    for (const [index, outcome] of pair.outcomes.entries()) {
      const field = fields[index] as EmField;
      if (!weighsByFrequency(field, outcome, contextOf(field, pair.outcomes))) continue;
      const { plan, own } = places[index] as Place;
      const { people, all } = peopleWith(layout.plans[plan] as FieldPlan, counted[plan] ?? [], own, pair);
      const unseen = Math.min(1, all * (model.u[index]?.[0][0] ?? 1));
      const share = (Math.max(0, people - strangers) + unseen) / Math.max(1, all);
      bits[field.personal ? "person" : "household"] -= Math.log2(share);
    }
    const weighed = { ...pair, personBits: bits.person, householdBits: bits.household };
    const { match, relative } = posterior(model, fields, weighed);
    return { ...weighed, p: match, relative };
  });
}

type Place = { readonly plan: number; readonly own: number };
type PeopleCount = { readonly of: ReadonlyMap<string, number>; readonly all: number };

/** Where each comparison stands: its plan, and its number in the plan. */
function placesOf({ layout }: Prepared): Place[] {
  return layout.plans.flatMap(({ comparisons }, plan) => comparisons.map((_, own) => ({ plan, own })));
}

/** People per value, and people with any value. */
function countPeople(values: readonly string[], person: (row: number) => number): PeopleCount {
  const last = new Map<string, Set<number> | number>();
  const everyone = new Set<number>();
  for (const [row, value] of values.entries()) {
    if (value === "") continue;
    const one = person(row);
    everyone.add(one);
    const seen = last.get(value);
    if (seen === undefined) last.set(value, one);
    else if (typeof seen !== "number") seen.add(one);
    else if (seen !== one) last.set(value, new Set([seen, one]));
  }
  const of = new Map<string, number>();
  for (const [value, seen] of last) of.set(value, typeof seen === "number" ? 1 : seen.size);
  return { of, all: everyone.size };
}

/** How many people have the value that the pair agrees on; of swapped or completed names the more frequent reading. */
function peopleWith(plan: FieldPlan, counts: readonly (PeopleCount | undefined)[], own: number, { l, r }: LinkedPair) {
  const values = plan.counted[own] ?? [];
  const [left, right] = [values[l] ?? "", values[r] ?? ""];
  const value = left === "" ? right : left;
  const columns = left === right ? [counts[own]] : counts;
  const all = counts[own]?.all ?? 0;
  let people = 1;
  for (const column of columns) people = Math.max(people, column?.of.get(value) ?? 1);
  return { people, all };
}
