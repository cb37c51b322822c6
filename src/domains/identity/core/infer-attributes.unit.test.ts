import assert from "node:assert/strict";
import { test } from "node:test";
import { DAY_MS } from "#kernel/time.ts";
import { inferAttributes } from "./infer-attributes.ts";

const NOW = Date.parse("2026-06-15T12:00:00+03:00");
const cat = { key: "has-a-cat", categories: ["cat-food", "cat-litter"], enough: 3, halfLifeDays: 60, leastBp: 2_000 };
const bought = (daysAgo: number, ...categories: string[]) => ({ at: NOW - daysAgo * DAY_MS, categories });

test("enough fresh receipts make it 80 % sure, and say so with their number and days", () => {
  const [found] = inferAttributes(
    [cat],
    [bought(0, "cat-food"), bought(0, "milk", "cat-litter"), bought(0, "cat-food")],
    NOW,
  );
  assert.deepEqual([found?.key, found?.confidenceBp, found?.evidence.receipts], ["has-a-cat", 8_000, 3]);
});

test("one receipt says little, receipts of other things say nothing", () => {
  assert.equal(inferAttributes([cat], [bought(0, "cat-food")], NOW)[0]?.confidenceBp, 4_151);
  assert.deepEqual(inferAttributes([cat], [bought(0, "milk"), bought(1, "bread")], NOW), []);
});

test("it fades: after a half-life the same receipts count half, and at last it is not told any more", () => {
  const receipts = [bought(0, "cat-food"), bought(0, "cat-food"), bought(0, "cat-food")];
  const at = (days: number) => inferAttributes([cat], receipts, NOW + days * DAY_MS)[0]?.confidenceBp;
  assert.equal(at(60), 5_527);
  assert.ok((at(120) as number) < 5_527);
  assert.equal(at(400), undefined);
});

test("a receipt from the future is no evidence yet", () => {
  assert.deepEqual(inferAttributes([cat], [bought(-1, "cat-food")], NOW), []);
});
