import assert from "node:assert/strict";
import { test } from "node:test";
import { compileProgramme } from "../compile/compile.ts";
import { createProgrammes } from "../programmes.ts";
import {
  documentOf,
  NOON,
  pointsByFunder,
  pointsByRule,
  priceOk,
  programmeOf,
  receiptOf,
  refusal,
  standingOf,
  trait,
} from "../test-builders.ts";

/** The numbers of FACTS.md, section 2; what of a case is pricing's. */
test("case 1: 1,000.00 at 10 % funded 5/3/2 gives 50/30/20", () => {
  const programme = programmeOf({
    rules: { base: { name: "base", earn: "10%", funders: { alfa: 5, beta: 3, op: 2 } } },
  });
  const priced = priceOk(receiptOf([["food", 1000]]), programme);
  assert.deepEqual(pointsByFunder(priced), { alfa: 50, beta: 30, op: 20 });
  assert.equal(priced.earnedCents, 10_000);
});

test("case 2: 10.00 funded by three equally gives 3.34/3.33/3.33", () => {
  const programme = programmeOf({ rules: { base: { name: "base", earn: "1%", funders: ["op", "beta", "alfa"] } } });
  const priced = priceOk(receiptOf([["food", 1000]]), programme);
  assert.deepEqual(pointsByFunder(priced), { alfa: 3.34, beta: 3.33, op: 3.33 });
});

const RECEIPT_CAP_CASES = [
  { policy: "pro-rata", given: { base: 8.33, boost: 100, mission: 91.67 } },
  { policy: "last-first", given: { base: 10, boost: 120, mission: 70 } },
] as const;

for (const { policy, given } of RECEIPT_CAP_CASES) {
  test(`case 3: 200.00 at 120 %, receipt cap 200, policy ${policy}`, () => {
    const programme = programmeOf({
      rules: {
        base: { name: "base", earn: "5%", funders: "alfa", priority: 3 },
        boost: { name: "boost", earn: "60%", funders: "beta", priority: 2 },
        mission: { name: "mission", earn: "55%", funders: "gamma", priority: 1 },
      },
      caps: { receipt: { name: "cap", per: "receipt", limit: "200 points", appliesTo: "all" } },
      policies: { receiptCap: policy },
    });
    const priced = priceOk(receiptOf([["food", 200]]), programme);
    assert.deepEqual(pointsByRule(priced), given);
    assert.equal(priced.earnedCents, 20_000);
    assert.deepEqual(
      priced.rules.map((rule) => rule.uncappedCents),
      [1_000, 12_000, 11_000],
    );
  });
}

test("case 4: items 300 + 700 earn 100, attributed 30 and 70", () => {
  const programme = programmeOf({ rules: { base: { name: "base", earn: "10%", funders: "alfa" } } });
  const priced = priceOk(
    receiptOf([
      ["food", 300],
      ["food", 700],
    ]),
    programme,
  );
  assert.deepEqual(priced.earned[0]?.lineCents, [[3_000], [7_000]]);
});

test("case 6: 300 points on items 600 + 400 fall 180 and 120 to them", () => {
  const programme = programmeOf({ rules: {} });
  const receipt = receiptOf(
    [
      ["food", 600],
      ["food", 400],
    ],
    { spendCents: 30_000 },
  );
  assert.deepEqual(priceOk(receipt, programme).spentByLineCents, [18_000, 12_000]);
});

test("case 6: an item whose category takes no points gets none of them", () => {
  const programme = programmeOf({
    rules: {},
    spending: { anywhere: { largestShare: "100%", when: { exceptCategory: "wine" } } },
  });
  const receipt = receiptOf(
    [
      ["food", 600],
      ["wine", 400],
    ],
    { spendCents: 30_000 },
  );
  assert.deepEqual(priceOk(receipt, programme).spentByLineCents, [30_000, 0]);
});

test("case 15: a receipt of 14:59 is not boosted by the subscription of 15:00, whenever it arrives", () => {
  const programme = programmeOf({
    subscriptions: { plus: { name: "Plus", seller: "op", price: "199 RUB", period: "month" } },
    rules: {
      base: { name: "base", earn: "1%", funders: "alfa" },
      plus: { name: "plus", earn: "5%", funders: "op", when: { subscription: "plus" } },
    },
  });
  const boughtAt = Date.parse("2026-01-15T15:00:00+03:00");
  const standing = standingOf({ traits: [trait("subscription", "plus", { fromAt: boughtAt })] });
  const priceAt = (at: number) => pointsByRule(priceOk(receiptOf([["food", 100]], { at }), programme, standing));
  assert.deepEqual(priceAt(boughtAt - 60_000), { base: 1 });
  assert.deepEqual(priceAt(boughtAt), { base: 1, plus: 5 });
});

test("case 15: a late receipt is priced with the version of its own time", () => {
  const versionOf = (earn: string) => documentOf({ rules: { base: { name: "base", earn, funders: "alfa" } } });
  const versions = [compileProgramme(versionOf("1%"), 1, NOON - 1_000), compileProgramme(versionOf("7%"), 2, NOON)];
  const programmes = createProgrammes(
    () => versions,
    () => NOON + 1_000,
  );
  const earnedAt = (at: number) => priceOk(receiptOf([["food", 100]], { at }), programmes.at(at)).earnedCents;
  assert.equal(earnedAt(NOON - 1), 100);
  assert.equal(earnedAt(NOON), 700);
  assert.equal(earnedAt(NOON - 5_000), 100, "before the first version's time the first holds");
  assert.equal(programmes.current().version, 2);
  assert.equal(programmes.version(1).version, 1);
});

test("case 23: a receipt paid wholly with points earns nothing, by percent or fixed", () => {
  const programme = programmeOf({
    rules: {
      base: { name: "base", earn: "10%", funders: "alfa" },
      gift: { name: "gift", earn: "50 points", funders: "op" },
    },
  });
  assert.deepEqual(priceOk(receiptOf([["food", 100]], { spendCents: 10_000 }), programme).earned, []);
  const nearly = priceOk(receiptOf([["food", 100]], { spendCents: 9_990 }), programme);
  assert.deepEqual(pointsByRule(nearly), { base: 0.01, gift: 50 });
});

test("a spend above the limit is refused and told what is allowed", () => {
  const programme = programmeOf({ rules: {}, spending: { half: { largestShare: "50%" } } });
  const failure = refusal(receiptOf([["food", 100]], { spendCents: 5_001 }), programme);
  assert.deepEqual(failure, { code: "spend-over-limit", pointer: "/spend", spendableCents: 5_000, limit: "share" });
});
