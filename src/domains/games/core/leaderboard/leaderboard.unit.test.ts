import assert from "node:assert/strict";
import { test } from "node:test";
import { createCalendar, type Day, parseDay } from "#kernel/time.ts";
import type { GameContribution } from "../contribution.ts";
import type { LeaderboardTerms } from "../terms.ts";
import { displayName, skeleton } from "./display-name.ts";
import { placeAll, placeOf } from "./places.ts";
import { rateOf, weekOf, weekScores, weekSpan } from "./score.ts";

const calendar = createCalendar("Europe/Moscow");
const always = { live: [{ fromAt: 0, untilAt: Number.POSITIVE_INFINITY }] };
const terms: LeaderboardTerms = {
  ...{ kind: "leaderboard", leastKopecks: 300_000, leastReceipts: 2, roundBp: 50, closesAfterMs: 0, crowd: 10 },
  ...{ places: 100, prizes: [], onReturn: "keep" },
};
const score = (turnoverKopecks: number, pointsCents: number, receipts = 2) => {
  return { week: 0, turnoverKopecks, pointsCents, receipts };
};

test("a week is Monday to Sunday in the programme's time zone, wherever the till's clock stands", () => {
  const monday = parseDay("2026-06-01") as Day;
  for (const text of ["2026-06-01T00:00:00+03:00", "2026-06-07T23:59:59+03:00", "2026-06-07T20:59:59Z"]) {
    assert.equal(weekOf(calendar.dayOf(Date.parse(text))), monday, text);
  }
  assert.equal(weekOf(calendar.dayOf(Date.parse("2026-06-07T21:00:00Z"))), monday + 7);
  assert.deepEqual(weekSpan(monday, calendar), {
    fromAt: Date.parse("2026-06-01T00:00:00+03:00"),
    untilAt: Date.parse("2026-06-08T00:00:00+03:00"),
  });
});

test("the percent is points by turnover, rounded to the board's step; too little has none", () => {
  assert.equal(rateOf(score(1_000_000, 50_000), terms, 100), 500);
  assert.equal(rateOf(score(1_000_000, 52_499), terms, 100), 500, "5.2499 % is 5 % by steps of 0.5");
  assert.equal(rateOf(score(1_000_000, 52_500), terms, 100), 550);
  assert.equal(rateOf(score(543_210, 54_320), terms, 100), 1_000, "10 % less a rounded hundredth is 10 %");
  assert.equal(rateOf(score(1_000_000, 50_000), terms, 200), 1_000, "a point of two roubles");
  assert.equal(rateOf(score(299_999, 299_999), terms, 100), undefined, "a tiny receipt wins nothing");
  assert.equal(rateOf(score(1_000_000, 50_000, 1), terms, 100), undefined);
  assert.equal(rateOf(score(1_000_000, -5), terms, 100), 0);
  assert.equal(rateOf(score(9_007_199_254_740_991, 9_007_199_254_740_991), terms, 100), 10_000, "no overflow");
});

test("a return lessens the week of its purchase, whenever it comes", () => {
  const at = (text: string) => Date.parse(`${text}T12:00:00+03:00`);
  const rows: GameContribution[] = [
    { step: "score", source: "o:1", at: at("2026-06-03"), amount: 100_000, pointsCents: 9_000 },
    { step: "score", source: "o:2", at: at("2026-06-04"), amount: 50_000, pointsCents: 500 },
    { step: "score", source: "o:9", cites: "o:1", at: at("2026-06-20"), amount: -100_000, pointsCents: -9_000 },
    { step: "score", source: "o:3", at: at("2026-06-10"), amount: 70_000, pointsCents: 700 },
  ];
  const weeks = [...weekScores(rows, always, calendar).values()];
  assert.deepEqual(
    weeks.map(({ turnoverKopecks, pointsCents, receipts }) => [turnoverKopecks, pointsCents, receipts]),
    [
      [50_000, 500, 1],
      [70_000, 700, 1],
    ],
  );
});

test("equal percents have equal places and share the prizes of the places they take, to the hundredth", () => {
  const entries = ["a", "b", "c", "d", "e"].map((who, i) => ({ who, rateBp: [500, 900, 500, 500, 100][i] as number }));
  const placed = placeAll(entries, [10_000, 5_000, 2_501], (who) => who);
  assert.deepEqual(
    placed.map(({ who, place, prizeCents }) => [who, place, prizeCents]),
    [
      ["b", 1, 10_000],
      ["a", 2, 2_501],
      ["c", 2, 2_500],
      ["d", 2, 2_500],
      ["e", 5, 0],
    ],
  );
  const bins = [
    [900, 1],
    [500, 3],
    [100, 1],
  ] as const;
  assert.deepEqual(
    [900, 500, 100, 700, 50].map((rate) => placeOf(bins, rate)),
    [1, 2, 5, 2, 6],
  );
});

for (const [name, why] of [
  ["Р", "length"],
  ["Очень-очень-длинное имя сюда", "length"],
  ["звони 8 916 123-45-67", "digits"],
  ["9161234567", "digits"],
  ["fish@pond.ru", "contact"],
  ["t.me/fish", "link"],
  ["рыбы.рф", "link"],
  ["www fish com", "link"],
  ["<b>Рыба</b>", "characters"],
  ["Рыба😀", "characters"],
  ["\u202eрыба", "characters"],
  ["-рыба", "characters"],
  ["Гитлер", "word"],
  ["F.u.c.k", "word"],
  ["Оператор", "reserved"],
  ["аdmin", "reserved"],
] as const) {
  test(`"${name}" is shown on no board: ${why}`, () => {
    const named = displayName(name);
    assert.deepEqual(named.ok ? "shown" : named.failure.why, why);
  });
}

test("plain names are shown, spaces joined; what looks the same is the same name", () => {
  for (const name of ["Рыбонька", "Mr. Fish", "Анна-Мария", "Игрок 2026", "д'Артаньян", "Ёж"]) {
    assert.deepEqual(displayName(`  ${name}  `), { ok: true, value: name });
  }
  assert.equal(skeleton("Рыба"), skeleton("Pыбa"), "Latin letters among Cyrillic");
  assert.equal(skeleton("Ёлка"), skeleton("Елка"));
  assert.equal(skeleton("Fish 1"), skeleton("F I S H l"));
  assert.notEqual(skeleton("Рыба"), skeleton("Раба"));
});
