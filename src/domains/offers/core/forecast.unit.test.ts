import assert from "node:assert/strict";
import { test } from "node:test";
import { forecastOffer, meanInterval } from "./forecast.ts";

const terms = {
  ...{ hash: "h", madeAt: 0, days: 14, fixedCents: 0, mostCents: 5_000, funders: { alfa: 2, beta: 1 } },
  ...{ budgetCents: 300_000, mostUsers: Number.MAX_SAFE_INTEGER },
};
const assumptions = {
  using: { lowBp: 1_000, expectedBp: 2_000, highBp: 4_000 },
  usingIs: "stated" as const,
  spendBp: 10_000,
};
const measured = {
  ...{
    audience: 1_000,
    sampledMembers: 400,
    sampledDays: 28,
    perMember: { low: 3_000, expected: 4_000, high: 20_000 },
  },
};

test("users times what a member would have got in its days, at most the limits; funders share it", () => {
  const made = forecastOffer(terms, assumptions, measured);
  assert.deepEqual(made.users, { low: 100, expected: 200, high: 400 });
  assert.deepEqual(made.pointsCents, { low: 150_000, expected: 400_000, high: 2_000_000 });
  assert.equal(made.byFunder.alfa?.expected, 266_667);
  assert.equal(made.exceedsBudget, true);
});

test("a stock or a number of codes bounds the users; an award counts whatever they buy", () => {
  const made = forecastOffer({ ...terms, fixedCents: 10_000, days: 0, mostUsers: 150 }, assumptions, measured);
  assert.deepEqual(made.users, { low: 100, expected: 150, high: 150 });
  assert.equal(made.pointsCents.expected, 150 * 10_000);
});

test("the mean's interval: of one value it is that value, of many it narrows", () => {
  assert.deepEqual(meanInterval([]), { low: 0, expected: 0, high: 0 });
  assert.deepEqual(meanInterval([7]), { low: 7, expected: 7, high: 7 });
  const few = meanInterval([0, 200]);
  const many = meanInterval(Array.from({ length: 400 }, (_, i) => (i % 2) * 200));
  assert.equal(few.expected, many.expected);
  assert.ok(many.high - many.low < few.high - few.low);
  assert.ok(many.low > 90 && many.high < 110);
});
