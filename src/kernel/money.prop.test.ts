import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { applyRate, MAX_AMOUNT, splitByLargestRemainder } from "./money.ts";

const weights = fc
  .array(fc.integer({ min: 0, max: MAX_AMOUNT }), { minLength: 1, maxLength: 8 })
  .filter((all) => all.some((w) => w > 0));

test("a split gives away the total exactly, and to each within one of its due", () => {
  fc.assert(
    fc.property(weights, fc.integer({ min: 0, max: MAX_AMOUNT }), (shares, total) => {
      const parts = splitByLargestRemainder(total, shares);
      const sum = shares.reduce((a, b) => a + BigInt(b), 0n);
      assert.equal(
        parts.reduce((a, b) => a + b, 0),
        total,
      );
      for (const [i, part] of parts.entries()) {
        const due = BigInt(total) * BigInt(shares[i] as number);
        assert.ok(BigInt(part) * sum > due - sum && BigInt(part) * sum < due + sum);
      }
    }),
  );
});

test("a split of no more than there is takes no more from anyone than he has", () => {
  fc.assert(
    fc.property(weights, fc.double({ min: 0, max: 1, noNaN: true }), (shares, share) => {
      const total = Math.floor(shares.reduce((a, b) => a + b, 0) * share);
      const parts = splitByLargestRemainder(total, shares);
      for (const [i, part] of parts.entries()) assert.ok(part <= (shares[i] as number));
    }),
  );
});

test("ties fall to the earlier share", () => {
  assert.deepEqual(splitByLargestRemainder(1000, [1, 1, 1]), [334, 333, 333]);
  assert.deepEqual(splitByLargestRemainder(3333, [5000, 3000, 2000]), [1666, 1000, 667]);
  assert.deepEqual(splitByLargestRemainder(4, [3, 3, 1]), [2, 2, 0]);
});

test("a rate is exact at the largest amounts, and rounds as it is told", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: MAX_AMOUNT }), fc.integer({ min: 0, max: 1_000_000 }), (amount, rateBp) => {
      const exact = BigInt(amount) * BigInt(rateBp);
      assert.equal(BigInt(applyRate(amount, rateBp, "down")), exact / 10_000n);
      assert.equal(BigInt(applyRate(amount, rateBp, "up")), (exact + 9_999n) / 10_000n);
      assert.equal(BigInt(applyRate(amount, rateBp, "half-up")), (exact + 5_000n) / 10_000n);
    }),
  );
});
