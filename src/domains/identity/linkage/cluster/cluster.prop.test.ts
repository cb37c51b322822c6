import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createRandom } from "#kernel/random.ts";
import { agglomerate, type ScoredPair } from "./agglomerate.ts";
import { components } from "./components.ts";
import { linkOneToOne, looksOneToOne } from "./one-to-one.ts";
import { clusterByExpectedF1, clusterParts } from "./threshold.ts";

/** Random scores without ties, as real ones are. */
const graph = fc
  .record({
    records: fc.integer({ min: 2, max: 25 }),
    density: fc.double({ min: 0.05, max: 0.9, noNaN: true }),
    seed: fc.nat(),
  })
  .map(({ records, density, seed }) => {
    const random = createRandom(seed);
    const pairs: ScoredPair[] = [];
    for (let l = 0; l < records; l++) {
      for (let r = l + 1; r < records; r++) if (random.next() < density) pairs.push({ l, r, p: random.next() });
    }
    return { records, pairs, random };
  });

/** Clusters as sets of names, whatever their numbers. */
function sets(
  clusterOf: ReadonlyMap<number, number>,
  nameOf: (record: number) => number = (record) => record,
): string[] {
  const members = new Map<number, number[]>();
  for (const [record, cluster] of clusterOf) members.set(cluster, [...(members.get(cluster) ?? []), nameOf(record)]);
  return [...members.values()]
    .map((own) => own.sort((a, b) => a - b).join())
    .filter((own) => own.includes(","))
    .sort();
}

function shuffled<T>(items: readonly T[], next: () => number): T[] {
  return items
    .map((item) => ({ item, key: next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

test("clusters do not depend on the order of pairs nor on the numbers of records", () => {
  fc.assert(
    fc.property(graph, ({ records, pairs, random }) => {
      const once = sets(agglomerate(pairs, 0.4, 100));
      assert.deepEqual(sets(agglomerate(shuffled(pairs, random.next), 0.4, 100)), once);
      const names = shuffled(
        Array.from({ length: records }, (_, index) => index),
        random.next,
      );
      const renamed = pairs.map(({ l, r, p }) => ({ l: names.indexOf(l), r: names.indexOf(r), p }));
      assert.deepEqual(
        sets(agglomerate(renamed, 0.4, 100), (record) => names[record] as number),
        once,
      );
    }),
  );
});

test("clustering component by component gives what clustering all at once gives", () => {
  fc.assert(
    fc.property(graph, ({ pairs }) => {
      const byParts = clusterParts(components(pairs, 0.1), 0.4, (part, threshold) => agglomerate(part, threshold, 100));
      assert.deepEqual(sets(byParts), sets(agglomerate(pairs, 0.4, 100)));
    }),
  );
});

test("the mean probability inside a cluster reaches the threshold, and no cluster is larger than allowed", () => {
  fc.assert(
    fc.property(graph, ({ pairs }) => {
      const clusterOf = agglomerate(pairs, 0.5, 4);
      for (const own of sets(clusterOf)) {
        const members = own.split(",").map(Number);
        assert.ok(members.length <= 4);
        const inside = pairs.filter(({ l, r }) => members.includes(l) && members.includes(r));
        const mean = inside.reduce((sum, { p }) => sum + p, 0) / ((members.length * (members.length - 1)) / 2);
        assert.ok(mean >= 0.5 - 1e-9, `${own}: ${mean}`);
      }
    }),
  );
});

test("a chain of lucky links does not hold its ends together", () => {
  const chain = [0, 1, 2, 3, 4, 5].map((l) => ({ l, r: l + 1, p: 0.95 }));
  const sizes = sets(agglomerate(chain, 0.5, 100)).map((own) => own.split(",").length);
  assert.ok(Math.max(...sizes) <= 3, sizes.join());
});

test("one to one: nobody has two partners, and the likeliest pairs win", () => {
  const pairs = [
    { l: 0, r: 10, p: 0.9 },
    { l: 0, r: 11, p: 0.8 },
    { l: 1, r: 10, p: 0.7 },
    { l: 1, r: 11, p: 0.6 },
    { l: 2, r: 12, p: 0.3 },
  ];
  assert.deepEqual(sets(linkOneToOne(pairs, 0.5)), ["0,10", "1,11"]);
  assert.ok(
    looksOneToOne([
      { l: 0, r: 10, p: 0.99 },
      { l: 1, r: 11, p: 0.99 },
    ]),
  );
  assert.ok(
    !looksOneToOne([
      { l: 0, r: 10, p: 0.99 },
      { l: 0, r: 11, p: 0.99 },
    ]),
  );
});

test("the threshold is half the F1 that is expected of its own clusters", () => {
  const random = createRandom(5);
  const pairs = Array.from({ length: 3000 }, (_, index) => ({
    l: 2 * index,
    r: 2 * index + 1,
    p: random.next() ** (index % 2 ? 8 : 0.1),
  }));
  const { threshold, expected } = clusterByExpectedF1(pairs, 0, (part, at) => agglomerate(part, at, 100));
  assert.ok(Math.abs(threshold - expected.f1 / 2) < 0.01, `${threshold} ${expected.f1}`);
  for (const other of [threshold - 0.2, threshold + 0.2]) {
    const joined = pairs.filter(({ p }) => p >= other);
    const inside = joined.reduce((sum, { p }) => sum + p, 0);
    const all = pairs.reduce((sum, { p }) => sum + p, 0);
    assert.ok((2 * inside) / (joined.length + all) <= expected.f1 + 1e-9);
  }
});
