import assert from "node:assert/strict";
import { test } from "node:test";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "#kernel/time.ts";
import { type Counters, subjectsIn } from "./counters.ts";
import type { GuardFacts } from "./facts.ts";

import { addFacts, countersOf, factsOf, judge, NOON, ruleOf } from "./test-builders.ts";

function post(counters: Counters, ...all: GuardFacts[]): void {
  for (const facts of all) addFacts(counters, facts, NOON);
}

test("the fourth receipt of a card within an hour breaks a limit of three, and says how many it would be", () => {
  const counters = countersOf(ruleOf({ limit: 3 }));
  for (const minute of [0, 20, 40]) {
    const receipt = factsOf({ at: NOON + minute * MINUTE_MS });
    assert.equal(judge(receipt, counters), undefined);
    post(counters, receipt);
  }
  assert.deepEqual(judge(factsOf({ at: NOON + 59 * MINUTE_MS }), counters), {
    action: "refuse",
    hits: [{ rule: "quick", measured: 4 }],
  });
  assert.equal(judge(factsOf({ at: NOON + 59 * MINUTE_MS, card: 2 }), counters), undefined, "another card");
  assert.equal(judge(factsOf({ at: NOON + HOUR_MS }), counters), undefined, "the first is an hour ago");
});

test("what comes in the opposite order is judged alike: the last to come sees the window that it fills", () => {
  const counters = countersOf(ruleOf({ limit: 3 }));
  post(counters, ...[60, 40, 20].map((minute) => factsOf({ at: NOON + minute * MINUTE_MS })));
  assert.equal(judge(factsOf({ at: NOON + 5 * MINUTE_MS }), counters)?.hits[0]?.measured, 4);
  assert.equal(judge(factsOf({ at: NOON - MINUTE_MS }), counters), undefined);
});

test("money and points are summed with the receipt's own", () => {
  const counters = countersOf(
    ruleOf({ id: "money", measure: "money", limit: 25_000, action: "allow" }),
    ruleOf({ id: "points", measure: "points", limit: 2_500, action: "review" }),
  );
  post(counters, factsOf(), factsOf());
  assert.deepEqual(judge(factsOf(), counters), {
    action: "review",
    hits: [
      { rule: "money", measured: 30_000 },
      { rule: "points", measured: 3_000 },
    ],
  });
  assert.equal(judge(factsOf({ kopecks: 5_000, earnedCents: 500 }), counters), undefined);
});

test("a spend is counted by what it takes: receipts and holds together, receipts that take none not at all", () => {
  const counters = countersOf(ruleOf({ on: "spend", measure: "points", limit: 10_000 }));
  post(counters, factsOf({ spentCents: 6_000 }), factsOf());
  const hold = factsOf({ kind: "hold", spentCents: 4_001 });
  assert.equal(judge(hold, counters)?.hits[0]?.measured, 10_001);
  assert.equal(judge(factsOf(), counters), undefined);
});

test("returns are counted and judge the purchases after them; a return itself is never stopped", () => {
  const counters = countersOf(
    ruleOf({ on: "return", of: ["member"], limit: 2, windowMs: 30 * DAY_MS, action: "review" }),
  );
  const day = (n: number) => NOON + n * DAY_MS;
  const returned = (n: number) => factsOf({ kind: "return", member: 7, at: day(n) });
  post(counters, returned(0), returned(1), returned(2));
  assert.equal(judge(returned(3), counters), undefined);
  assert.equal(judge(factsOf({ member: 7, at: day(3) }), counters)?.action, "review");
  assert.equal(judge(factsOf({ member: 8, at: day(3) }), counters), undefined);
  assert.equal(judge(factsOf({ member: 7, at: day(31) }), counters), undefined, "only two within 30 days");
});

test("different members of one payment card are counted once each", () => {
  const rule = ruleOf({ of: ["payment-card"], measure: "distinct", distinct: "member", limit: 2 });
  const counters = countersOf(rule);
  post(counters, ...[1, 2, 1, 2].map((member) => factsOf({ "payment-card": 9, member })));
  assert.equal(judge(factsOf({ "payment-card": 9, member: 1 }), counters), undefined);
  assert.equal(judge(factsOf({ "payment-card": 9, member: 3 }), counters)?.hits[0]?.measured, 3);
  assert.equal(judge(factsOf({ member: 3 }), counters), undefined, "paid with another");
});

test("a combination is counted apart: a cashier's own card among strangers' receipts", () => {
  const counters = countersOf(ruleOf({ of: ["cashier", "card"], limit: 2, per: "day" }));
  post(counters, ...[5, 5, 1, 2, 3].map((card) => factsOf({ cashier: 4, card })));
  assert.equal(judge(factsOf({ cashier: 4, card: 5 }), counters)?.hits[0]?.measured, 3);
  assert.equal(judge(factsOf({ cashier: 4, card: 1 }), counters), undefined);
  assert.equal(judge(factsOf({ cashier: 6, card: 5 }), counters), undefined);
  assert.equal(judge(factsOf({ card: 5 }), counters), undefined, "nobody says who sat at the till");
});

test("a calendar day is the programme's, whole, and begins at its midnight", () => {
  const counters = countersOf(ruleOf({ limit: 1, per: "day" }));
  post(counters, factsOf({ at: Date.parse("2026-06-15T23:59:59+03:00") }));
  assert.ok(judge(factsOf({ at: Date.parse("2026-06-15T00:00:00+03:00") }), counters));
  assert.equal(judge(factsOf({ at: Date.parse("2026-06-16T00:00:00+03:00") }), counters), undefined);
  assert.equal(judge(factsOf({ at: Date.parse("2026-06-14T23:59:59+03:00") }), counters), undefined);
  const week = countersOf(ruleOf({ limit: 1, per: "week" }));
  post(week, factsOf());
  assert.ok(judge(factsOf({ at: Date.parse("2026-06-21T23:59:59+03:00") }), week), "Monday's and Sunday's");
  assert.equal(judge(factsOf({ at: Date.parse("2026-06-22T00:00:00+03:00") }), week), undefined);
});

test("two too near each other are noticed whichever came first", () => {
  const counters = countersOf(ruleOf({ measure: "apart", limit: 2 * MINUTE_MS, windowMs: 2 * MINUTE_MS }));
  post(counters, factsOf());
  assert.equal(judge(factsOf({ at: NOON + MINUTE_MS }), counters)?.hits[0]?.measured, MINUTE_MS);
  assert.equal(judge(factsOf({ at: NOON - MINUTE_MS }), counters)?.hits[0]?.measured, MINUTE_MS);
  assert.equal(judge(factsOf({ at: NOON + 2 * MINUTE_MS }), counters), undefined);
});

test("a rule of some places and channels neither counts nor judges others", () => {
  const counters = countersOf(ruleOf({ limit: 1, placeMask: Uint8Array.of(1, 0), channels: ["store"] }));
  post(counters, factsOf({ store: "two" }), factsOf({ channel: "online" }), factsOf());
  assert.ok(judge(factsOf(), counters));
  assert.equal(judge(factsOf({ store: "two" }), counters), undefined);
  assert.equal(judge(factsOf({ channel: "online" }), counters), undefined);
});

test("what is decided in the same batch and not yet posted counts beside what is posted", () => {
  const posted = countersOf(ruleOf({ limit: 2 }));
  post(posted, factsOf());
  assert.equal(judge(factsOf(), posted), undefined);
  assert.equal(judge(factsOf(), posted, [factsOf()])?.hits[0]?.measured, 3);
});

test("idle subjects are forgotten, and never more are remembered than allowed", () => {
  const counters = { ...countersOf(ruleOf()), mostSubjects: 10 };
  for (let card = 1; card <= 50; card++) addFacts(counters, factsOf({ card }), NOON);
  assert.equal(subjectsIn(counters), 10);
  for (let i = 0; i < 10; i++) addFacts(counters, factsOf({ card: 99 }), NOON + DAY_MS);
  assert.equal(subjectsIn(counters), 1);
});
