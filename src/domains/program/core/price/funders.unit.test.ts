import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type ProgrammeParts,
  pointsByFunder,
  pointsByRule,
  priceOk,
  programmeOf,
  receiptOf,
  standingOf,
} from "../test-builders.ts";

/** What is left of budgets and covers; whatever is not named is not limited. */
const left = (of: Readonly<Record<string, number>>) =>
  standingOf({ budgetLeft: (key) => of[key] ?? Number.POSITIVE_INFINITY });
const thousand = receiptOf([["food", 1000]]);
const partners = (beta: object) => ({
  alfa: { name: "Alfa", kind: "shop", canFund: true, canRedeem: true },
  beta: { name: "Beta", kind: "shop", canFund: true, canRedeem: true, ...beta },
  gamma: { name: "Gamma", kind: "shop", canFund: true, canRedeem: true },
  op: { name: "Operator", kind: "shop", canFund: true, canRedeem: true },
});
const prepaid = (rest: ProgrammeParts) =>
  programmeOf({ ...rest, partners: partners({ funding: { mode: "prepaid" } }) });
const base = { name: "base", earn: "10%", funders: "beta" } as const;

const budget: ProgrammeParts = {
  rules: { own: { ...base, funders: "alfa", earn: "1%" }, shared: { ...base, funders: { alfa: 1, beta: 3 } } },
  caps: {
    beta: { name: "Beta a day", per: "day", limit: "60 points", of: "everyone", funder: "beta", appliesTo: "all" },
  },
};

test("a budget of one funder counts what that funder pays, and a rule that it funds with others shrinks whole", () => {
  const programme = programmeOf(budget);
  const fresh = priceOk(thousand, programme, left({ "b:beta|20468": 10_000 }));
  assert.deepEqual(fresh.capUse, [{ key: "b:beta|20468", amount: 7_500, untilDay: 20_498 }]);
  const short = priceOk(thousand, programme, left({ "b:beta|20468": 6_000 }));
  assert.deepEqual(pointsByRule(short), { own: 10, shared: 80 });
  assert.deepEqual(pointsByFunder(short), { alfa: 30, beta: 60 });
});

test("a budget of one partner's receipts leaves those of others alone", () => {
  const programme = programmeOf({
    rules: { base },
    caps: { here: { name: "c", per: "day", limit: "5 points", of: "everyone", partner: "beta", appliesTo: "all" } },
  });
  assert.deepEqual(priceOk(thousand, programme).capUse, []);
  const there = receiptOf([["food", 1000]], { partner: "beta", store: "beta-1" });
  assert.deepEqual(pointsByRule(priceOk(there, programme)), { base: 5 });
});

test("case 21: 10 left of a deposit and an award of 15 are 10, nothing, or 10 and 5 that wait", () => {
  const receipt = receiptOf([["food", 150]]);
  const of = (prepaidShort: "refuse" | "part" | "reserve") =>
    priceOk(receipt, prepaid({ rules: { base }, policies: { prepaidShort } }), left({ "f:beta": 1_000 }));
  assert.deepEqual(pointsByRule(of("part")), { base: 10 });
  assert.deepEqual(pointsByRule(of("refuse")), { base: 0 });
  const reserved = of("reserve");
  assert.equal(reserved.earnedCents, 1_000);
  assert.deepEqual(
    reserved.reserved.map(({ funders, amountCents }) => [funders, amountCents]),
    [[["beta"], [500]]],
  );
  assert.deepEqual(
    reserved.capUse.map(({ key, amount }) => [key, amount]),
    [["f:beta", 1_000]],
  );
});

test("what waits for a deposit counts in other caps at once, and in the deposit when it is given", () => {
  const programme = prepaid({
    rules: { base: { ...base, funders: { alfa: 1, beta: 1 } } },
    caps: { month: { name: "m", per: "month", limit: "500 points", appliesTo: "all" } },
    policies: { prepaidShort: "reserve" },
  });
  const priced = priceOk(thousand, programme, left({ "f:beta": 2_000 }));
  assert.deepEqual(pointsByFunder(priced), { alfa: 20, beta: 20 });
  assert.deepEqual(priced.reserved[0]?.amountCents, [3_000, 3_000]);
  assert.deepEqual(
    priced.capUse.map(({ key, amount }) => [key, amount]),
    [
      ["c:month|m24312", 10_000],
      ["f:beta", 2_000],
    ],
  );
});

test("a guarantee lets points through up to its share, in the coalition's own points", () => {
  const programme = programmeOf({
    partners: partners({ funding: { mode: "postpaid", guarantee: "1000 RUB", stopAt: "90%" } }),
    rules: { base },
  });
  assert.equal(programme.partners.get("beta")?.cover?.limitCents, 90_000);
  assert.deepEqual(pointsByRule(priceOk(receiptOf([["food", 10_000]]), programme)), { base: 900 });
});

test("rules of boosts that a member has not are not looked at, those that it has are, once and in order", () => {
  const rules = Object.fromEntries(
    Array.from({ length: 60 }, (_, i) => [
      `r${String(i).padStart(2, "0")}`,
      { ...base, earn: "1%", when: { boost: i % 7 === 0 ? [`b${i}`, "b1"] : `b${i}` } },
    ]),
  );
  const boosts = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`b${i}`, { name: "b" }]));
  const programme = programmeOf({ boosts, rules: { ...rules, zero: base } });
  const has = (...keys: string[]) =>
    standingOf({ traits: keys.map((key) => ({ kind: "boost" as const, key, fromAt: 0 })) });
  const given = (...keys: string[]) => priceOk(thousand, programme, has(...keys)).rules.map(({ rule }) => rule);
  assert.deepEqual(given(), ["zero"]);
  assert.deepEqual(given("b59", "b3", "b3"), ["r03", "r59", "zero"]);
  assert.deepEqual(given("b14", "b1"), ["r00", "r01", "r07", "r14", "r21", "r28", "r35", "r42", "r49", "r56", "zero"]);
});
