import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DAY_MS } from "#kernel/time.ts";
import { evaluateReferral, type ReferralPurchase } from "./evaluate.ts";
import { type GuardFacts, refusalOf } from "./guards.ts";
import type { ReferralTerms } from "./terms.ts";

const terms: ReferralTerms = {
  ...{ leastKopecks: 100_000, partners: [], withinDays: 30, keepDays: 14, inviterCents: 300, invitedCents: 200 },
  ...{ funders: ["op"], weights: [1], perMonth: 5, onReturn: "take-back", onHousehold: "refuse" },
};
const day = (n: number) => n * DAY_MS;
const frame = (now: number) => ({ acceptedAt: 0, now: day(now), lateMs: day(30) });
const bought = (id: string, at: number, kopecks: number, returns: [number, number][] = []): ReferralPurchase => ({
  ...{ receiptId: id, partner: "alfa", at: day(at), moneyKopecks: kopecks },
  returns: returns.map(([on, back]) => ({ at: day(on), kopecks: back })),
});

test("a purchase that is too small is none; the first that is large enough waits for its days and is earned then", () => {
  const small = bought("a", 1, 99_999);
  assert.equal(evaluateReferral([small], terms, frame(2)).state, "waiting");
  const real = bought("b", 3, 100_000);
  assert.deepEqual(evaluateReferral([real, small], terms, frame(10)), {
    ...{ state: "holding", by: "b", at: day(3), lookAt: day(17) },
  });
  assert.deepEqual(evaluateReferral([real, small], terms, frame(17)), { state: "earned", by: "b", at: day(3) });
});

test("returned within its days it was none, and a later one may count", () => {
  const returned = bought("a", 1, 100_000, [[14, 1]]);
  assert.equal(evaluateReferral([returned], terms, frame(16)).state, "waiting");
  assert.equal(evaluateReferral([returned, bought("b", 9, 120_000)], terms, frame(16)).state, "holding");
});

test("returned after the reward: taken back, unless another real purchase stays or the policy keeps it", () => {
  const late = bought("a", 1, 100_000, [[20, 50_000]]);
  assert.equal(evaluateReferral([late], terms, frame(19)).state, "earned");
  assert.equal(evaluateReferral([late], terms, frame(21)).state, "undone");
  assert.equal(evaluateReferral([late], { ...terms, onReturn: "keep" }, frame(21)).state, "earned");
  assert.equal(evaluateReferral([late, bought("b", 2, 200_000)], terms, frame(21)).state, "earned");
});

test("what was bought before the invitation, after its days or elsewhere does not count; it is over when late receipts are", () => {
  const elsewhere = { ...terms, partners: ["beta"] };
  assert.equal(evaluateReferral([bought("a", 1, 500_000)], elsewhere, frame(20)).state, "waiting");
  assert.equal(
    evaluateReferral([bought("a", -1, 500_000), bought("b", 30, 500_000)], terms, frame(59)).state,
    "waiting",
  );
  assert.equal(evaluateReferral([], terms, frame(60)).state, "expired");
});

test("the order in which receipts and returns come changes nothing", () => {
  const purchase = fc.record({
    receiptId: fc.uuid(),
    partner: fc.constant("alfa"),
    at: fc.integer({ min: -2, max: 40 }).map(day),
    moneyKopecks: fc.integer({ min: 0, max: 300_000 }),
    returns: fc.array(
      fc.record({ at: fc.integer({ min: 0, max: 60 }).map(day), kopecks: fc.integer({ min: 1, max: 90_000 }) }),
      {
        maxLength: 3,
      },
    ),
  });
  const many = fc.uniqueArray(purchase, { maxLength: 6, selector: ({ receiptId }) => receiptId });
  fc.assert(
    fc.property(many, fc.integer({ min: 0, max: 90 }), fc.integer(), (list, now, seed) => {
      const other = list
        .map((each, i) => ({ each: { ...each, returns: each.returns.toReversed() }, order: (i * 7919 + seed) % 101 }))
        .sort((a, b) => a.order - b.order)
        .map(({ each }) => each);
      assert.deepEqual(evaluateReferral(other, terms, frame(now)), evaluateReferral(list, terms, frame(now)));
    }),
  );
});

test("the guards: each says why", () => {
  const fine: GuardFacts = {
    ...{ inviter: 1, invited: 2, isNew: true, isInviterReal: true, shared: [], household: [], isMarkKnown: false },
    ...{ ancestors: [3], isInviterUnproven: false, onHousehold: "refuse" },
  };
  const cases: [Partial<GuardFacts>, string | undefined][] = [
    [{}, undefined],
    [{ invited: 1 }, "self"],
    [{ isNew: false }, "not-new"],
    [{ shared: ["phone"] }, "shared-identifier"],
    [{ isMarkKnown: true }, "shared-device"],
    [{ ancestors: [3, 2] }, "loop"],
    [{ household: ["address"] }, "household"],
    [{ household: ["address"], onHousehold: "allow" }, undefined],
    [{ isInviterReal: false }, "inviter-not-real"],
    [{ isInviterUnproven: true }, "chain"],
  ];
  for (const [over, expected] of cases) assert.equal(refusalOf({ ...fine, ...over }), expected, JSON.stringify(over));
});
