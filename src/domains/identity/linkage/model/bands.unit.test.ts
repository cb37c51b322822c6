import assert from "node:assert/strict";
import { test } from "node:test";
import { decisionBands } from "./bands.ts";

test("pairs are merged as far as the expected share of wrong links allows, and reviewed while matches would be lost", () => {
  const probabilities = [
    ...Array<number>(1000).fill(0.9999),
    ...Array<number>(20).fill(0.9),
    ...Array<number>(20).fill(0.5),
    ...Array<number>(500).fill(0.001),
  ];
  const { merge, review } = decisionBands(probabilities);
  assert.equal(merge, 0.9);
  assert.equal(review, 0.5);
});

test("no pair is merged when even the best are unsure; without pairs there are no bands", () => {
  assert.deepEqual(decisionBands([0.6, 0.6]), { merge: 1, review: 0.6 });
  assert.deepEqual(decisionBands([]), { merge: 1, review: 1 });
});
