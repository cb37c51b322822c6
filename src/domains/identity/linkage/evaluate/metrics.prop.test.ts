import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { scoreClusters } from "./metrics.ts";

const close = (a: number, b: number, what: string) => assert.ok(Math.abs(a - b) < 1e-9, `${what}: ${a} ${b}`);
const labels = fc.integer({ min: 2, max: 30 }).chain((rows) =>
  fc.record({
    found: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: rows, maxLength: rows }),
    truth: fc.array(fc.option(fc.constantFrom("a", "b", "c", "d"), { nil: undefined }), {
      minLength: rows,
      maxLength: rows,
    }),
    secondFrom: fc.option(fc.integer({ min: 1, max: rows - 1 }), { nil: undefined }),
  }),
);

test("pairwise and B-cubed scores are those that counting every pair and record gives", () => {
  fc.assert(
    fc.property(labels, ({ found, truth, secondFrom }) => {
      const scores = scoreClusters(found, truth, secondFrom);
      let [both, inFound, inTruth] = [0, 0, 0];
      for (let l = 0; l < found.length; l++) {
        for (let r = l + 1; r < found.length; r++) {
          if (truth[l] === undefined || truth[r] === undefined) continue;
          if (secondFrom !== undefined && (l >= secondFrom || r < secondFrom)) continue;
          if (found[l] === found[r]) inFound++;
          if (truth[l] === truth[r]) inTruth++;
          if (found[l] === found[r] && truth[l] === truth[r]) both++;
        }
      }
      assert.deepEqual([scores.foundPairs, scores.truePairs], [inFound, inTruth]);
      close(scores.precision, inFound > 0 ? both / inFound : inTruth === 0 ? 1 : 0, "precision");
      close(scores.recall, inTruth > 0 ? both / inTruth : inFound === 0 ? 1 : 0, "recall");
      const known = truth.flatMap((label, row) => (label === undefined ? [] : [row]));
      const mean = (of: (row: number) => number) =>
        known.reduce((sum, row) => sum + of(row), 0) / Math.max(1, known.length);
      const overlap = (row: number) =>
        known.filter((other) => found[other] === found[row] && truth[other] === truth[row]).length;
      close(
        scores.bcubed.precision,
        mean((row) => overlap(row) / known.filter((other) => found[other] === found[row]).length),
        "B-cubed precision",
      );
      close(
        scores.bcubed.recall,
        mean((row) => overlap(row) / known.filter((other) => truth[other] === truth[row]).length),
        "B-cubed recall",
      );
    }),
  );
});

test("a perfect clustering scores 1, splitting everything keeps precision out of it", () => {
  assert.equal(scoreClusters([1, 1, 2], ["a", "a", "b"]).f1, 1);
  assert.deepEqual(
    [scoreClusters([1, 2, 3], ["a", "a", "b"]).precision, scoreClusters([1, 2, 3], ["a", "a", "b"]).recall],
    [0, 0],
  );
  assert.equal(scoreClusters([1, 2], ["a", "b"]).f1, 1);
});
