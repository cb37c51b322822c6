import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom, type Random } from "#kernel/random.ts";
import { type EmField, pairScorer } from "./classes.ts";
import { findParents } from "./dependence.ts";
import { type EmGroup, estimate, type RandomGroup } from "./em.ts";
import { ordered } from "./monotone.ts";

const field = (levels: number, personal = true): EmField => ({ levels, personal, frequency: false });

function draw(shares: readonly number[], random: Random): number {
  let left = random.next();
  for (const [level, share] of shares.entries()) {
    left -= share;
    if (left < 0) return level + 1;
  }
  return shares.length;
}

/** Counts equal outcomes together. */
function grouped(pairs: readonly (readonly number[])[]): RandomGroup[] {
  const counts = new Map<string, { outcomes: readonly number[]; count: number }>();
  for (const outcomes of pairs) {
    const key = outcomes.join();
    const known = counts.get(key);
    if (known) known.count++;
    else counts.set(key, { outcomes, count: 1 });
  }
  return [...counts.values()];
}

const teaching = (groups: readonly RandomGroup[]): EmGroup[] =>
  groups.map((group) => ({ ...group, personBits: 0, householdBits: 0, eligible: 255 }));

test("the shares from which pairs were drawn are found again, without labels", () => {
  const m = [
    [0.8, 0.15, 0.05],
    [0.7, 0.2, 0.1],
    [0.9, 0.1],
    [0.6, 0.3, 0.1],
  ];
  const u = [
    [0.01, 0.04, 0.95],
    [0.005, 0.02, 0.975],
    [0.1, 0.9],
    [0.02, 0.08, 0.9],
  ];
  const random = createRandom(7);
  const pairs = Array.from({ length: 60_000 }, (_, index) =>
    (index < 1500 ? m : u).map((shares) => draw(shares, random)),
  );
  const groups = grouped(pairs);
  const fields = m.map(({ length }) => field(length));
  const model = estimate({
    fields,
    groups: teaching(groups),
    random: groups,
    totalPairs: pairs.length,
    relatives: false,
    plain: true,
  });
  assert.ok(Math.abs(model.matchShare * pairs.length - 1500) < 60, String(model.matchShare * pairs.length));
  for (const [index, row] of m.entries()) {
    for (const [level, share] of row.entries())
      assert.ok(Math.abs((model.m[index]?.[0][level] ?? 0) - share) < 0.05, `m ${index} ${level}`);
    for (const [level, share] of (u[index] ?? []).entries())
      assert.ok(Math.abs((model.u[index]?.[0][level] ?? 0) - share) < 0.01, `u ${index} ${level}`);
  }
});

test("people of one household are told from one person by what is personal", () => {
  const random = createRandom(11);
  const fields = [field(2), field(2), field(2, false), field(2, false)];
  const classes = {
    match: [
      [0.9, 0.1],
      [0.9, 0.1],
      [0.9, 0.1],
      [0.8, 0.2],
    ],
    relative: [
      [0.02, 0.98],
      [0.005, 0.995],
      [0.95, 0.05],
      [0.9, 0.1],
    ],
    other: [
      [0.02, 0.98],
      [0.005, 0.995],
      [0.01, 0.99],
      [0.001, 0.999],
    ],
  };
  const pairs = Array.from({ length: 50_000 }, (_, index) =>
    (index < 800 ? classes.match : index < 2000 ? classes.relative : classes.other).map((shares) =>
      draw(shares, random),
    ),
  );
  const groups = grouped(pairs);
  const model = estimate({
    fields,
    groups: teaching(groups),
    random: groups,
    totalPairs: pairs.length,
    relatives: true,
    plain: true,
  });
  const score = pairScorer(model, fields, true);
  const of = (outcomes: number[]) => score({ outcomes, personBits: 0, householdBits: 0 });
  assert.ok(of([1, 1, 1, 1]).match > 0.99);
  assert.ok(of([2, 2, 1, 1]).relative > 0.95);
  assert.ok(of([2, 2, 1, 1]).match < 0.05);
  assert.ok(of([2, 2, 2, 2]).other > 0.99);
});

test("a field that agrees because another does is found, and an independent one is not", () => {
  const random = createRandom(3);
  const pairs = Array.from({ length: 100_000 }, () => {
    const postcode = random.next() < 0.002 ? 1 : 2;
    const city = postcode === 1 || random.next() < 0.05 ? 1 : 2;
    const surname = random.next() < 0.01 ? 1 : 2;
    return [postcode, city, surname];
  });
  const fields = [field(2), field(2), field(2)];
  const groups = grouped(pairs);
  const model = estimate({
    fields,
    groups: teaching(groups),
    random: groups,
    totalPairs: 1e9,
    relatives: false,
    plain: true,
  });
  const parents = findParents({ ...model, matchShare: 1e-9 }, fields, groups);
  const related = parents.flatMap((parent, child) => (parent ? [[child, parent.field].sort().join()] : []));
  assert.deepEqual(related, ["0,1"]);
});

test("stronger agreement never weighs less: shares out of order are pooled and keep their sum", () => {
  const u = [0.01, 0.02, 0.97];
  assert.deepEqual(ordered([0.7, 0.2, 0.1], u), [0.7, 0.2, 0.1]);
  const pooled = ordered([0.1, 0.6, 0.3], u);
  assert.ok(Math.abs(pooled.reduce((a, b) => a + b, 0) - 1) < 1e-12);
  assert.ok(Math.abs((pooled[0] as number) / 0.01 - (pooled[1] as number) / 0.02) < 1e-9);
});
