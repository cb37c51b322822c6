import assert from "node:assert/strict";
import { test } from "node:test";
import { SMALL_COALITION } from "../../../../../../test/support/programmes.ts";
import { parseProgramme } from "../parse.ts";

function faultsOf(more: string): string[] {
  const parsed = parseProgramme(`${SMALL_COALITION}${more}`, "p.yaml");
  return parsed.ok ? [] : parsed.failure.map(({ message }) => message);
}

const level = (reach: string) => `levels:
  one: { name: One, rank: 1, favourites: 1 }
  two: { name: Two, rank: 2, favourites: 2, reach: ${reach} }
`;
const plan = (more: string) => `subscriptions:
  plus: { name: Plus, seller: operator, price: 199 RUB, period: month, ${more} }
`;

test("a level is reached by turnover or points, in months of the calendar or in rolling days", () => {
  for (const reach of [
    "{ spend: 100 RUB, within: month }",
    "{ points: 5 points, within: 90 days, at: alfa }",
    "{ spend: 1 RUB, within: year }",
  ]) {
    assert.deepEqual(faultsOf(level(reach)), []);
  }
});

const cases: readonly (readonly [string, string, RegExp])[] = [
  ["both measures", level("{ spend: 1 RUB, points: 1 points, within: month }"), /either spend or points/],
  ["no measure", level("{ within: month }"), /either spend or points/],
  ["nothing to reach", level("{ spend: 0 RUB, within: month }"), /above 0/],
  ["a window in hours", level("{ spend: 1 RUB, within: 3 hours }"), /1 to 731 days/],
  ["a stranger's receipts", level("{ spend: 1 RUB, within: month, at: gamma }"), /partner of this programme/],
  ["a trial of hours", plan("trial: { lasts: 3 hours }"), /days or months/],
  ["grace in months", plan("grace: 1 month"), /minutes, hours or days/],
  ["a retry at once", plan("retries: [0 hours]"), /above 0/],
  ["a stranger that delivers", plan("delivery: { at: gamma, fee: 1 RUB, usual: 1 time }"), /partner of this programme/],
  [
    "one code for two promos",
    plan(
      "promos: { a: { code: AAA, price: 1 RUB, periods: 1 time }, b: { code: AAA, price: 2 RUB, periods: 1 time } }",
    ),
    /has this code already/,
  ],
  ["a small code", plan("promos: { a: { code: aaa, price: 1 RUB, periods: 1 time } }"), /capital Latin letters/],
];
for (const [says, more, expected] of cases) {
  test(`an error of meaning: ${says}`, () => assert.match(faultsOf(more).join("\n"), expected));
}

test("what a subscription does not say is filled in before it is stored", () => {
  const parsed = parseProgramme(`${SMALL_COALITION}${plan("grace: 5 days")}`, "p.yaml");
  assert.ok(parsed.ok);
  const { grace, retries, refund } = parsed.value.subscriptions.plus ?? {};
  assert.deepEqual(
    [grace, retries, refund],
    ["5 days", ["1 hour", "6 hours", "1 day"], { share: "pro-rata", points: "keep" }],
  );
});
