import assert from "node:assert/strict";
import { test } from "node:test";
import { explain } from "../explain/explain.ts";
import {
  type Line,
  NOON,
  type ProgrammeParts,
  pointsByRule,
  priceOk,
  programmeOf,
  receiptOf,
  standingOf,
  trait,
} from "../test-builders.ts";
import type { Trait } from "../types.ts";

const PARTS: ProgrammeParts = {
  levels: {
    gold: { name: { ru: "Золотой", en: "Gold" }, rank: 3, favourites: 3 },
    base: { name: { ru: "Первый", en: "First" }, rank: 1, favourites: 1 },
    silver: { name: { ru: "Серебряный", en: "Silver" }, rank: 2, favourites: 2 },
  },
  favourites: {
    always: { dairy: { base: "5%", gold: "10%" }, bread: "7%", wine: { silver: "3%" } },
    months: { "2026-02": { dairy: { base: "6%", silver: "8%" } } },
  },
  rules: {
    liked: {
      name: { ru: "на любимые категории", en: "on favourites" },
      earn: { percent: "favourite" },
      funders: "op",
      when: { favourite: true },
    },
  },
};
const programme = programmeOf(PARTS);
const favourite = (key: string) => trait("favourite", key);
const level = (key: string, rest: Partial<Trait> = {}) => trait("level", key, rest);

const HUNDRED: readonly Line[] = [
  ["cheese", 100],
  ["bread", 100],
  ["wine", 100],
];

const CASES: readonly (readonly [says: string, traits: readonly Trait[], points: number])[] = [
  ["the lowest level, which is that of a member without one, has its own percentage", [favourite("dairy")], 5],
  ["a level that is not named has that of the nearest below", [favourite("dairy"), level("silver")], 5],
  ["the highest has its own, whatever order things were won in", [favourite("dairy"), level("gold")], 10],
  ["of several levels the highest counts", [level("gold"), favourite("dairy"), level("silver")], 10],
  ["one percentage serves all levels", [level("gold"), favourite("bread")], 7],
  ["what a level is not offered earns nothing", [favourite("wine")], 0],
  ["from the lowest that is named on it does", [favourite("wine"), level("gold")], 3],
  ["a level that is gone from the programme is the lowest", [favourite("dairy"), level("platinum")], 5],
];
for (const [says, traits, points] of CASES) {
  test(`favourites by level: ${says}`, () => {
    const priced = priceOk(receiptOf(HUNDRED), programme, standingOf({ traits }));
    assert.deepEqual(pointsByRule(priced), points === 0 ? {} : { liked: points });
  });
}

test("a level won in the middle of the month counts from its moment on, and one that ends until then", () => {
  const traits = [favourite("dairy"), level("gold", { fromAt: NOON, untilAt: NOON + 1_000 })];
  const at = (time: number) =>
    priceOk(receiptOf([["cheese", 100]], { at: time }), programme, standingOf({ traits })).earnedCents;
  assert.deepEqual([NOON - 1, NOON, NOON + 999, NOON + 1_000].map(at), [500, 1_000, 1_000, 500]);
});

test("a month's own list has percentages by level too", () => {
  const at = Date.parse("2026-02-10T12:00:00+03:00");
  const of = (...traits: Trait[]) =>
    priceOk(receiptOf(HUNDRED, { at }), programme, standingOf({ traits: [favourite("dairy"), ...traits] })).earnedCents;
  assert.deepEqual([of(), of(level("silver")), of(level("gold"))], [600, 800, 800]);
});

test("a programme without levels has one list", () => {
  const plain = programmeOf({ ...PARTS, levels: {}, favourites: { always: { dairy: "10%" } } });
  assert.equal(priceOk(receiptOf(HUNDRED), plain, standingOf({ traits: [favourite("dairy")] })).earnedCents, 1_000);
});

const why = (lines: readonly Line[], traits: readonly Trait[]) => {
  const { rules } = priceOk(receiptOf(lines), programme, standingOf({ traits }));
  const stored = JSON.parse(JSON.stringify(rules)) as typeof rules;
  return (["ru", "en"] as const).map((language) =>
    explain(stored, programme, language)
      .map((row) => row.why.replaceAll("\u00a0", " "))
      .join(),
  );
};

test("the member reads the percentage and the level that it comes from", () => {
  assert.deepEqual(why([["cheese", 100]], [favourite("dairy"), level("gold")]), [
    "+10 % на любимые категории (Золотой): 10 баллов с 100,00 ₽",
    "+10% on favourites (Gold): 10 points from ₽100.00",
  ]);
});

test("where the percentage does not depend on the level, the level is not named", () => {
  assert.equal(
    why([["bread", 100]], [favourite("bread"), level("gold")])[0],
    "+7 % на любимые категории: 7 баллов с 100,00 ₽",
  );
  const both = [favourite("bread"), favourite("dairy")];
  assert.equal(why([["bread", 100]], both)[0], "+7 % на любимые категории: 7 баллов с 100,00 ₽", "no dairy was bought");
});

test("lines of different percentages are told with each of them", () => {
  const three = [favourite("bread"), favourite("dairy"), favourite("wine"), level("gold")];
  assert.deepEqual(why(HUNDRED, three), [
    "+3 %, 7 % и 10 % на любимые категории (Золотой): 20 баллов с 300,00 ₽",
    "+3%, 7% and 10% on favourites (Gold): 20 points from ₽300.00",
  ]);
});
