import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDay } from "#kernel/time.ts";
import type { ProgrammeFile } from "../document/schema.ts";
import {
  type ProgrammeParts,
  pointsByRule,
  priceOk,
  programmeOf,
  receiptOf,
  refusal,
  standingOf,
} from "../test-builders.ts";

type Cap = NonNullable<ProgrammeFile["caps"]>[string];
const cap = (per: Cap["per"], limit: string, rest: Partial<Cap> = {}): Cap => ({
  name: "cap",
  per,
  limit,
  appliesTo: "all",
  ...rest,
});
const withCap = (one: Cap, rest: ProgrammeParts = {}) =>
  programmeOf({ rules: { base: { name: "base", earn: "10%", funders: "alfa" } }, caps: { most: one }, ...rest });
const use = (key: string, amount: number) => standingOf({ capUse: new Map([[key, amount]]) });
const hundred = receiptOf([["food", 1000]]);
const day = (text: string) => parseDay(text) ?? Number.NaN;

const PERIODS = [
  { per: "day", key: "c:most|20468", untilDay: day("2026-02-14") },
  { per: "week", key: "c:most|w2924", untilDay: day("2026-02-17") },
  { per: "month", key: "c:most|m24312", untilDay: day("2026-03-02") },
  { per: "year", key: "c:most|y2026", untilDay: day("2027-01-30") },
  { per: "member", key: "c:most|all", untilDay: day("9999-12-31") },
] as const;

for (const { per, key, untilDay } of PERIODS) {
  test(`a cap per ${per} lets through what is left of the period, and reports its use`, () => {
    const programme = withCap(cap(per, "120 points"));
    const fresh = priceOk(hundred, programme);
    assert.deepEqual(fresh.capUse, [{ key, amount: 10_000, untilDay }]);
    const used = priceOk(hundred, programme, use(key, 10_000));
    assert.deepEqual(pointsByRule(used), { base: 20 });
    assert.equal(used.rules[0]?.cappedBy, "most");
    assert.deepEqual(used.capUse, [{ key, amount: 2_000, untilDay }]);
    assert.deepEqual(priceOk(hundred, programme, use(key, 12_000)).earned, []);
  });
}

test("a cap that was lowered below its use gives nothing, never less", () => {
  const priced = priceOk(hundred, withCap(cap("day", "10 points")), use("c:most|20468", 5_000));
  assert.deepEqual(pointsByRule(priced), { base: 0 });
});

test("a cap per receipt may be a share of the money", () => {
  assert.deepEqual(pointsByRule(priceOk(hundred, withCap(cap("receipt", "5%")))), { base: 50 });
  const half = receiptOf([["food", 1000]], { spendCents: 50_000 });
  assert.deepEqual(pointsByRule(priceOk(half, withCap(cap("receipt", "5%")))), { base: 25 });
});

test("a number of times counts receipts that earned", () => {
  const programme = withCap(cap("day", "3 times"));
  const second = priceOk(hundred, programme, use("c:most|20468", 2));
  assert.deepEqual(second.capUse, [{ key: "c:most|20468", amount: 1, untilDay: day("2026-02-14") }]);
  assert.deepEqual(priceOk(hundred, programme, use("c:most|20468", 3)).earned, []);
});

test("a cap counted by partner counts each apart", () => {
  const programme = withCap(cap("day", "120 points", { countedBy: "partner" }));
  const atBeta = receiptOf([["food", 1000]], { partner: "beta", store: "beta-1" });
  const standing = use("c:most|20468|alfa", 11_000);
  assert.deepEqual(pointsByRule(priceOk(hundred, programme, standing)), { base: 10 });
  assert.deepEqual(pointsByRule(priceOk(atBeta, programme, standing)), { base: 100 });
});

test("a cap per campaign counts each campaign apart, through its last day and as long as receipts may be late", () => {
  const campaign = (until: string) => ({ name: "c", from: "2026-01-01", until });
  const rule = { name: "r", earn: "10%", funders: "op", caps: "most" } as const;
  const programme = programmeOf({
    campaigns: { one: campaign("2026-01-31"), two: campaign("2026-02-28") },
    rules: { one: { ...rule, campaign: "one" }, two: { ...rule, campaign: "two" } },
    caps: { most: { name: "cap", per: "campaign", limit: "60 points" } },
  });
  const priced = priceOk(hundred, programme, use("c:most|kone", 5_000));
  assert.deepEqual(pointsByRule(priced), { one: 10, two: 60 });
  assert.deepEqual(priced.capUse, [
    { key: "c:most|kone", amount: 1_000, untilDay: day("2026-03-02") },
    { key: "c:most|ktwo", amount: 6_000, untilDay: day("2026-03-30") },
  ]);
});

test("narrow periods cut first, and a wide cap counts only what they let through", () => {
  const programme = programmeOf({
    rules: { base: { name: "base", earn: "10%", funders: "alfa" } },
    caps: { a: cap("member", "1000 points"), b: cap("month", "500 points"), c: cap("receipt", "30 points") },
  });
  const priced = priceOk(hundred, programme);
  assert.deepEqual(pointsByRule(priced), { base: 30 });
  assert.deepEqual(
    priced.capUse.map(({ key, amount }) => [key, amount]),
    [
      ["c:b|m24312", 3_000],
      ["c:a|all", 3_000],
    ],
  );
});

test("a cap of one rule leaves the others alone", () => {
  const programme = programmeOf({
    rules: {
      base: { name: "base", earn: "10%", funders: "alfa" },
      boost: { name: "boost", earn: "20%", funders: "op", caps: ["most"] },
    },
    caps: { most: { name: "cap", per: "receipt", limit: "50 points" } },
  });
  assert.deepEqual(pointsByRule(priceOk(hundred, programme)), { base: 100, boost: 50 });
});

test("a multiplied rule and its multiplier share a cap", () => {
  const programme = programmeOf({
    rules: { base: { name: "base", earn: "10%", funders: "alfa" }, ten: { name: "ten", earn: "10x" } },
    caps: { most: cap("receipt", "500 points") },
  });
  assert.deepEqual(pointsByRule(priceOk(hundred, programme)), { base: 50, ten: 450 });
});

type Spending = NonNullable<ProgrammeFile["spending"]>;
const spendIn = (spending: Spending, rest: ProgrammeParts = {}) => programmeOf({ rules: {}, spending, ...rest });
const goods = (spendCents: number, rest = {}) =>
  receiptOf(
    [
      ["food", 600],
      ["wine", 400],
    ],
    { spendCents, ...rest },
  );

const SPENDING = [
  { says: "the largest share of the receipt", rule: { largestShare: "30%" }, spendable: 300, limit: "share" },
  {
    says: "the share is of the whole receipt, the points go to the lines that fit",
    rule: { largestShare: "90%", when: { category: "food" } },
    spendable: 600,
    limit: "category",
  },
  {
    says: "or a share of the lines that fit",
    rule: { largestShare: "50%", shareOf: "eligible", when: { category: "food" } },
    spendable: 300,
    limit: "share",
  },
  { says: "whole steps", rule: { largestShare: "33.33%", step: "50 points" }, spendable: 300, limit: "share" },
  { says: "the least", rule: { largestShare: "10%", least: "100.01 points" }, spendable: 0, limit: "least" },
  {
    says: "no line fits",
    rule: { largestShare: "100%", when: { category: "phone" } },
    spendable: 0,
    limit: "category",
  },
  {
    says: "another partner's rule",
    rule: { largestShare: "100%", when: { partner: "beta" } },
    spendable: 0,
    limit: "place",
  },
] as const satisfies readonly { says: string; rule: Spending[string]; spendable: number; limit: string }[];

for (const { says, rule, spendable, limit } of SPENDING) {
  test(`spending: ${says}`, () => {
    const programme = spendIn({ rule });
    assert.equal(priceOk(goods(0), programme).spendableCents, spendable * 100);
    const code = spendable === 0 ? "spend-not-allowed" : "spend-over-limit";
    const failure = refusal(goods(spendable * 100 + 1), programme);
    assert.deepEqual(failure, { code, pointer: "/spend", spendableCents: spendable * 100, limit });
    if (spendable > 0) assert.equal(priceOk(goods(spendable * 100), programme).spendableCents, spendable * 100);
  });
}

test("spending: of several rules that fit the highest by priority counts", () => {
  const programme = spendIn({
    all: { largestShare: "10%" },
    alfa: { largestShare: "50%", priority: 1, when: { partner: "alfa" } },
  });
  assert.equal(priceOk(goods(0), programme).spendableCents, 50_000);
});

test("spending: the balance is the last limit", () => {
  const failure = refusal(
    goods(20_000),
    spendIn({ all: { largestShare: "100%" } }),
    standingOf({ activeCents: 19_999 }),
  );
  assert.deepEqual(failure, { code: "spend-over-limit", pointer: "/spend", spendableCents: 19_999, limit: "balance" });
});

test("spending: a step is kept", () => {
  const programme = spendIn({ all: { largestShare: "100%", step: "1 point" } });
  const failure = refusal(goods(150), programme);
  assert.deepEqual(failure, { code: "spend-not-allowed", pointer: "/spend", spendableCents: 100_000, limit: "step" });
});

test("spending: a cap counts what was spent in its period, per partner", () => {
  const programme = spendIn(
    { all: { largestShare: "100%", caps: "month" } },
    { caps: { month: { name: "m", on: "spend", per: "month", limit: "500 points", countedBy: "partner" } } },
  );
  const standing = use("c:month|m24312|alfa", 40_000);
  assert.equal(refusal(goods(10_001), programme, { ...standing, activeCents: 1e9 }).code, "spend-over-limit");
  const priced = priceOk(goods(10_000), programme, { ...standing, activeCents: 1e9 });
  assert.deepEqual(priced.capUse, [{ key: "c:month|m24312|alfa", amount: 10_000, untilDay: day("2026-03-02") }]);
});

test("spending: points may pay the delivery fee where the programme says so, in proportion", () => {
  const programme = spendIn({ all: { largestShare: "100%" } }, { receipts: { deliveryFeePayable: true } });
  const receipt = receiptOf([["food", 900]], { deliveryFeeKopecks: 10_000, spendCents: 50_000 });
  assert.deepEqual(priceOk(receipt, programme).spentByLineCents, [45_000]);
  const closed = spendIn({ all: { largestShare: "100%" } });
  assert.deepEqual(priceOk(receipt, closed).spentByLineCents, [50_000]);
  assert.equal(priceOk(receipt, closed).spendableCents, 90_000);
});

test("spending: points worth half a rouble pay half", () => {
  const programme = programmeOf({
    programme: { id: "t", name: "T", timeZone: "Europe/Moscow", operator: "op", pointValue: "0.50 RUB" },
    rules: { base: { name: "base", earn: "10%", funders: "alfa" } },
  });
  const priced = priceOk(receiptOf([["food", 100]], { spendCents: 10_000 }), programme);
  assert.equal(priced.spendableCents, 20_000);
  assert.deepEqual(priced.spentByLineCents, [10_000]);
  assert.deepEqual(pointsByRule(priced), { base: 10 });
});

const UNKNOWN = [
  { receipt: { partner: "omega" }, failure: { code: "unknown-partner", pointer: "/partner", value: "omega" } },
  { receipt: { store: "beta-1" }, failure: { code: "unknown-store", pointer: "/store", value: "beta-1" } },
  {
    receipt: {
      lines: [
        { category: "food", amountKopecks: 1 },
        { category: "gold", amountKopecks: 1 },
      ],
    },
    failure: { code: "unknown-category", pointer: "/lines/1/category", value: "gold" },
  },
] as const;

for (const { receipt, failure } of UNKNOWN) {
  test(`a receipt that names an ${failure.code.replace("-", " ")} is refused with its place`, () => {
    assert.deepEqual(refusal(receiptOf([["food", 1]], receipt), programmeOf({ rules: {} })), failure);
  });
}
