import assert from "node:assert/strict";
import { test } from "node:test";
import { cutAt } from "./cut.ts";
import { DEFAULT_LIMITS, pauseMs, rowLimit } from "./pace.ts";

test("a page that is not full takes everything below the oldest running transaction", () => {
  assert.equal(cutAt({ rows: 3, firstXid: 10, lastXid: 12 }, 100, 40), 40);
});

test("a full page leaves its last transaction, which may be cut, to the next batch", () => {
  assert.equal(cutAt({ rows: 100, firstXid: 10, lastXid: 12 }, 100, 40), 12);
});

test("a transaction larger than a batch goes as a whole", () => {
  assert.equal(cutAt({ rows: 100, firstXid: 10, lastXid: 10 }, 100, 40), 11);
});

test("large rows make batches of fewer rows, small ones never more than the limit", () => {
  assert.equal(rowLimit(DEFAULT_LIMITS, 100, 100 * 32_768), 1_024);
  assert.equal(rowLimit(DEFAULT_LIMITS, 100, 100), DEFAULT_LIMITS.maxRows);
  assert.equal(rowLimit(DEFAULT_LIMITS, 1, 1_000_000_000), 1);
});

test("a backlog is moved without a pause; otherwise batches keep their beat", () => {
  assert.equal(pauseMs(DEFAULT_LIMITS, { tookMs: 300, isFull: true, failuresInARow: 0 }), 0);
  assert.equal(pauseMs(DEFAULT_LIMITS, { tookMs: 300, isFull: false, failuresInARow: 0 }), 1_700);
  assert.equal(pauseMs(DEFAULT_LIMITS, { tookMs: 3_000, isFull: false, failuresInARow: 0 }), 0);
});

test("failures in a row make the pause longer, up to its limit", () => {
  const pauses = [1, 2, 3, 4, 50].map((failuresInARow) =>
    pauseMs(DEFAULT_LIMITS, { tookMs: 0, isFull: false, failuresInARow }),
  );
  assert.deepEqual(pauses, [2_000, 4_000, 5_000, 5_000, 5_000]);
});
