import assert from "node:assert/strict";
import { test } from "node:test";
import { SMALL_COALITION } from "../../../../../../test/support/programmes.ts";
import { parseProgramme } from "../parse.ts";

const LEVELS = `levels:
  one: { name: One, rank: 1, favourites: 1 }
  two: { name: Two, rank: 2, favourites: 2 }
`;

function faultsOf(favourites: string): string[] {
  const parsed = parseProgramme(`${SMALL_COALITION}${LEVELS}favourites: ${favourites}\n`, "p.yaml");
  return parsed.ok ? [] : parsed.failure.map(({ path, message }) => `${path}: ${message}`);
}

test("a list names percentages for all levels or by level, in any spelling of them", () => {
  const text =
    "{ always: { food: { one: 5.00 %, two: 10% }, alcohol: 7% }, months: { 2026-03: { food: { two: 20% } } } }";
  assert.deepEqual(faultsOf(text), []);
  const parsed = parseProgramme(`${SMALL_COALITION}${LEVELS}favourites: ${text}\n`, "p.yaml");
  assert.deepEqual(parsed.ok && parsed.value.favourites.always, { food: { one: "5%", two: "10%" }, alcohol: "7%" });
});

const cases: readonly (readonly [says: string, favourites: string, expected: RegExp])[] = [
  ["a level that is none", "{ always: { food: { one: 5%, tvo: 10% } } }", /^\/favourites\/always\/food\/tvo: .*level/],
  [
    "a category that is none",
    "{ months: { 2026-03: { foot: 5% } } }",
    /^\/favourites\/months\/2026-03\/foot: .*category/,
  ],
  ["no level at all", "{ always: { food: {} } }", /^\/favourites\/always\/food: expected a percentage/],
  ["nothing", "{ always: { food: 0% } }", /^\/favourites\/always\/food: .*above 0/],
  ["nothing for a level", "{ always: { food: { one: 0% } } }", /^\/favourites\/always\/food\/one: .*above 0/],
  ["more than 20% by a slip", "{ always: { food: { one: 200% } } }", /food\/one: expected at most 20%/],
  ["more than the programme allows", "{ atMost: 10%, always: { food: 15% } }", /food: expected at most 10%/],
  ["more than any rule can give", "{ atMost: 2000% }", /atMost: expected at most 1000%/],
];
for (const [says, favourites, expected] of cases) {
  test(`an error of meaning in a list of favourites: ${says}`, () => {
    assert.match(faultsOf(favourites).join("\n"), expected);
  });
}

test("a programme may allow more than 20%", () => {
  assert.deepEqual(faultsOf("{ atMost: 50%, always: { food: 50% } }"), []);
});
