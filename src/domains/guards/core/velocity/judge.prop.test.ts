import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { HOUR_MS, MINUTE_MS } from "#kernel/time.ts";
import { FEW, LATE_MS } from "./counters.ts";
import { type GuardFacts, joinKeys, keyOfHash, keyOfText } from "./facts.ts";

import { SLICES } from "./rules.ts";
import { addFacts, countersOf, factsOf, judge, NOON, ruleOf } from "./test-builders.ts";

/** The most that any window of this length with `own` in it sums up to, by looking at every one that ends with an event. */
function worst(own: GuardFacts, others: readonly GuardFacts[], windowMs: number): number {
  let most = 0;
  for (const { at: end } of [own, ...others]) {
    if (end < own.at || end - windowMs >= own.at) continue;
    let sum = own.kopecks;
    for (const other of others) if (other.at > end - windowMs && other.at <= end) sum += other.kopecks;
    most = Math.max(most, sum);
  }
  return most;
}

const events = (maxLength: number, minLength = 0) =>
  fc.array(fc.record({ minute: fc.integer({ min: 0, max: 240 }), kopecks: fc.integer({ min: 0, max: 10_000 }) }), {
    minLength,
    maxLength,
  });
const toFacts = ({ minute, kopecks }: { minute: number; kopecks: number }) =>
  factsOf({ at: NOON + minute * MINUTE_MS, kopecks });

function measured(own: GuardFacts, others: readonly GuardFacts[]): number {
  const counters = countersOf(ruleOf({ measure: "money", limit: -1 }));
  for (const other of others) addFacts(counters, other, NOON);
  return judge(own, counters)?.hits[0]?.measured as number;
}

test("few events: the measure is the worst window's to the kopeck, whatever the order of arrival within a quarter of an hour", () => {
  fc.assert(
    fc.property(events(FEW - 1), events(1, 1), (before, [last]) => {
      const own = toFacts(last as { minute: number; kopecks: number });
      const others = before.map(toFacts);
      fc.pre(own.at >= Math.max(0, ...others.map(({ at }) => at)) - LATE_MS);
      assert.equal(measured(own, others), worst(own, others, HOUR_MS));
    }),
    { numRuns: 300 },
  );
});

test("many events: at least the worst window, at most that of a window one slice longer", () => {
  fc.assert(
    fc.property(events(200, FEW + 10), events(1, 1), (before, [last]) => {
      const own = toFacts(last as { minute: number; kopecks: number });
      const others = before.map(toFacts).sort((a, b) => a.at - b.at);
      fc.pre(own.at >= (others.at(-1)?.at as number) - LATE_MS);
      const value = measured(own, others);
      assert.ok(value >= worst(own, others, HOUR_MS), `${value} is less than the window`);
      assert.ok(value <= worst(own, others, HOUR_MS + HOUR_MS / SLICES + 1), `${value} is more than the longer one`);
    }),
    { numRuns: 200 },
  );
});

test("judging counts nothing: asked twice, it says the same", () => {
  fc.assert(
    fc.property(events(80), (all) => {
      const counters = countersOf(
        ruleOf({ measure: "money", limit: 50_000 }),
        ruleOf({ id: "b", limit: 5, per: "day" }),
      );
      for (const each of all) {
        const facts = toFacts(each);
        const first = judge(facts, counters);
        assert.deepEqual(judge(facts, counters), first);
        addFacts(counters, facts, NOON);
      }
    }),
    { numRuns: 50 },
  );
});

test("a limit of N never lets N + 1 through within the window, in any order of arrival", () => {
  fc.assert(
    fc.property(events(120), fc.integer({ min: 1, max: 8 }), (all, limit) => {
      const counters = countersOf(ruleOf({ limit }));
      const through: GuardFacts[] = [];
      for (const each of all) {
        const facts = toFacts({ ...each, kopecks: 1 });
        const newest = Math.max(0, ...through.map(({ at }) => at));
        if (facts.at < newest - LATE_MS || judge(facts, counters)) continue;
        addFacts(counters, facts, NOON);
        through.push(facts);
      }
      for (const facts of through) {
        const others = through.filter((other) => other !== facts).map((other) => ({ ...other, kopecks: 1 }));
        assert.ok(worst({ ...facts, kopecks: 1 }, others, HOUR_MS) <= limit);
      }
    }),
    { numRuns: 100 },
  );
});

test("keys are whole numbers below 2^53 and never 0", () => {
  fc.assert(
    fc.property(fc.string(), fc.uint8Array({ minLength: 16, maxLength: 16 }), (text, bytes) => {
      for (const key of [keyOfText(text), keyOfHash(bytes), joinKeys(keyOfText(text), keyOfHash(bytes))]) {
        assert.ok(Number.isSafeInteger(key) && key > 0);
      }
    }),
  );
});
