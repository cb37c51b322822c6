import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatDay, parseDay } from "#kernel/time.ts";
import { createCity } from "./city.ts";

const OPTIONS = { seed: 33, people: 240, from: "2025-01-01", to: "2025-03-02" } as const;
const OPENS = parseDay(OPTIONS.from) ?? 0;
const DAYS = 60;
const MESSY = { lateShareBp: 1_500, retryShareBp: 800, returns: true } as const;

const city = createCity(OPTIONS);

/** Three days a ≤ b ≤ c of the period. */
const windows = fc
  .tuple(fc.integer({ min: 0, max: DAYS }), fc.integer({ min: 0, max: DAYS }), fc.integer({ min: 0, max: DAYS }))
  .map((days) => days.sort((x, y) => x - y).map((day) => formatDay(OPENS + day)) as [string, string, string]);

function assertSplits<T>(stream: (window: { from: string; to: string }) => Iterable<T>): void {
  fc.assert(
    fc.property(windows, ([a, b, c]) => {
      const whole = [...stream({ from: a, to: c })];
      assert.deepEqual([...stream({ from: a, to: b }), ...stream({ from: b, to: c })], whole);
    }),
    { numRuns: 12 },
  );
}

test("receipts of [a, c) are those of [a, b) and of [b, c)", () => {
  assertSplits((window) => city.receipts(window));
});

test("what arrives late, again or back is the same however the period is cut", () => {
  assertSplits((window) => city.deliveries({ ...window, ...MESSY }));
});

test("events and card transactions can be cut anywhere too", () => {
  assertSplits((window) => city.events(window));
  assertSplits((window) => city.cardTransactions(window));
});

test("one person's receipts alone are theirs in the stream of all", () => {
  const all = [...city.receipts()];
  fc.assert(
    fc.property(fc.integer({ min: 0, max: OPTIONS.people - 1 }), (person) => {
      assert.deepEqual(
        [...city.receiptsOf(person)],
        all.filter((receipt) => receipt.person === person),
      );
    }),
    { numRuns: 30 },
  );
});

test("the same options give the same city, remembered or derived again", () => {
  const again = createCity({ ...OPTIONS, rememberedPeople: 0 });
  const window = { from: "2025-01-10", to: "2025-01-20", ...MESSY };
  assert.deepEqual([...again.deliveries(window)], [...city.deliveries(window)]);
});
