import type { CountedValues } from "../fields/frequency.ts";
import type { Prepared } from "../prepare.ts";
import { contextOf, type EmField, type Model, pairScorer, weighsByFrequency } from "./classes.ts";
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
  const { layout, fields, rows } = prepared;
  const person = Int32Array.from({ length: rows }, (_, row) => clusterOf.get(row) ?? row);
  const order = rowsByPerson(person);
  const people = layout.plans.map(({ counted }) =>
    counted.map((values) => values && countPeople(values, person, order)),
  );
  const places = layout.plans.flatMap(({ comparisons }, plan) => comparisons.map((_, own) => ({ plan, own })));
  const score = pairScorer(model, fields);
  return pairs.map((pair) => {
    const strangers = person[pair.l] === person[pair.r] ? 1 : 2;
    let [personBits, householdBits] = [0, 0];
    for (let index = 0; index < fields.length; index++) {
      const field = fields[index] as EmField;
      if (!weighsByFrequency(field, pair.outcomes[index] as number, contextOf(field, pair.outcomes))) continue;
      const { plan, own } = places[index] as { plan: number; own: number };
      const { all, having } = peopleWith(layout.plans[plan]?.counted ?? [], people[plan] ?? [], own, pair);
      const unseen = Math.min(1, all * (model.u[index]?.[0][0] ?? 1));
      const bits = Math.log2(Math.max(1, all) / (Math.max(0, having - strangers) + unseen));
      if (field.personal) personBits += bits;
      else householdBits += bits;
    }
    const { match, relative } = score({ outcomes: pair.outcomes, personBits, householdBits });
    const { l, r, outcomes, low, high } = pair;
    return { l, r, outcomes, personBits, householdBits, low, high, p: match, relative };
  });
}

/** Rows so that those of one person follow each other (a counting sort). */
function rowsByPerson(person: Int32Array): Int32Array {
  const starts = new Int32Array(person.length + 1);
  for (const one of person) starts[one + 1] = (starts[one + 1] as number) + 1;
  for (let i = 1; i < starts.length; i++) starts[i] = (starts[i] as number) + (starts[i - 1] as number);
  const order = new Int32Array(person.length);
  for (let row = 0; row < person.length; row++) {
    const one = person[row] as number;
    order[starts[one] as number] = row;
    starts[one] = (starts[one] as number) + 1;
  }
  return order;
}

/** People per value (by its number), and people with any value. */
type PeopleCount = { readonly of: Int32Array; readonly all: number };

function countPeople({ ids }: CountedValues, person: Int32Array, order: Int32Array): PeopleCount {
  let distinct = 0;
  for (const id of ids) if (id >= distinct) distinct = id + 1;
  const of = new Int32Array(distinct);
  const last = new Int32Array(distinct).fill(-1);
  let all = 0;
  let lastCounted = -1;
  for (const row of order) {
    const id = ids[row] as number;
    if (id < 0) continue;
    const one = person[row] as number;
    if (lastCounted !== one) all++;
    lastCounted = one;
    if (last[id] !== one) of[id] = (of[id] as number) + 1;
    last[id] = one;
  }
  return { of, all };
}

/** How many people have the value that the pair agrees on; of swapped or completed names the more frequent reading. */
function peopleWith(
  counted: readonly (CountedValues | undefined)[],
  people: readonly (PeopleCount | undefined)[],
  own: number,
  { l, r }: LinkedPair,
): { readonly all: number; readonly having: number } {
  const [left, right] = [counted[own]?.ids[l] ?? -1, counted[own]?.ids[r] ?? -1];
  const id = left < 0 ? right : left;
  let having = people[own]?.of[id] ?? 1;
  if (left !== right) for (const other of people) having = Math.max(having, other?.of[id] ?? 0);
  return { all: people[own]?.all ?? 0, having };
}
