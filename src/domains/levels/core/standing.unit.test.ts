import assert from "node:assert/strict";
import { test } from "node:test";
import type { Trait } from "#domains/ledger/index.ts";
import { compileProgramme, parseProgramme } from "#domains/program/index.ts";
import { SMALL_COALITION } from "../../../../test/support/programmes.ts";
import { historyOf, standingOf } from "./standing.ts";
import type { Contribution } from "./tally.ts";

const parsed = parseProgramme(
  `${SMALL_COALITION}
levels:
  one: { name: {ru: Первый, en: One}, rank: 1, favourites: 1 }
  two: { name: {ru: Второй, en: Two}, rank: 2, favourites: 2, reach: { spend: 1000 RUB, within: quarter, at: alfa } }
  three: { name: {ru: Третий, en: Three}, rank: 3, favourites: 3, reach: { points: 22 points, within: 30 days } }
  gold: { name: Gold, rank: 9, favourites: 5 }
`,
  "p.yaml",
);
assert.ok(parsed.ok);
const programme = compileProgramme(parsed.value, 1, 0);
const at = (text: string) => Date.parse(`${text}+03:00`);
const JOINED = at("2026-01-05T12:00:00");
const bought = (seq: number, time: string, kopecks: number, cents = 0, partner = "alfa"): Contribution => ({
  ...{ seq, at: at(time), partner, kopecks, cents },
});
const level = (key: string, from: string, until: string): Trait => ({
  ...{ kind: "level", key, fromAt: at(from), untilAt: at(until) },
});

test("without a level a member has the lowest, and reads what is missing to the next, in the period that counts it", () => {
  const rows = [bought(1, "2026-04-02T12:00:00", 30_000), bought(2, "2026-04-03T12:00:00", 99_999, 0, "beta")];
  const standing = standingOf(programme, [], rows, JOINED, at("2026-05-10T12:00:00"));
  assert.equal(standing?.level, "one");
  assert.equal(standing?.keptUntilAt, undefined);
  assert.equal(standing?.next?.missing, 70_000);
  assert.deepEqual(standing?.next?.text, {
    ru: "До уровня «Второй»: потратить ещё 700,00\u00a0₽ до конца 30.06.2026",
    en: 'Spend ₽700.00 more by 2026-06-30 to reach "Two"',
  });
  assert.deepEqual(standing?.history, [{ level: "one", fromAt: JOINED }]);
});

test("one who has a level reads until when, what keeps it, and the next by points of rolling days", () => {
  const traits = [level("two", "2026-03-10T12:00:00", "2026-07-01T00:00:00")];
  const rows = [bought(1, "2026-03-10T12:00:00", 100_000, 100), bought(2, "2026-05-09T12:00:00", 25_000, 100)];
  const standing = standingOf(programme, traits, rows, JOINED, at("2026-05-10T12:00:00"));
  assert.equal(standing?.level, "two");
  assert.equal(standing?.keptUntilAt, at("2026-07-01T00:00:00"));
  assert.equal(standing?.keep?.missing, 75_000, "the second quarter has 250 so far");
  assert.match(standing?.keep?.text.ru ?? "", /^Чтобы сохранить «Второй»: потратить ещё 750,00/);
  assert.equal(standing?.next?.done, 100, "March's points are out of the 30 days");
  assert.equal(standing?.next?.text.ru, "До уровня «Третий»: заработать ещё 21 балл за последние 30 дн.");
  assert.equal(standing?.next?.untilAt, undefined);
});

test("what is reached already says so, and the highest has nothing above it that can be reached", () => {
  const traits = [level("gold", "2026-02-01T00:00:00", "2027-01-01T00:00:00")];
  const rows = [bought(1, "2026-05-09T12:00:00", 100_000)];
  const standing = standingOf(programme, traits, rows, JOINED, at("2026-05-10T12:00:00"));
  assert.deepEqual([standing?.level, standing?.next, standing?.keep], ["gold", undefined, undefined]);
  const lagging = standingOf(programme, [], rows, JOINED, at("2026-05-10T12:00:00"));
  assert.equal(lagging?.next?.missing, 0);
  assert.equal(lagging?.next?.text.en, '"Two" is reached');
});

test("of levels that overlap the highest counts at each time, and one that is not in the programme is none", () => {
  const traits = [
    level("two", "2026-02-01T00:00:00", "2026-06-01T00:00:00"),
    level("three", "2026-03-01T00:00:00", "2026-04-01T00:00:00"),
    level("platinum", "2026-03-01T00:00:00", "2026-09-01T00:00:00"),
  ];
  const history = historyOf(programme, traits, JOINED).map(({ level: id, untilAt }) => [id, untilAt ?? null]);
  assert.deepEqual(history, [
    ["one", at("2026-02-01T00:00:00")],
    ["two", at("2026-03-01T00:00:00")],
    ["three", at("2026-04-01T00:00:00")],
    ["two", at("2026-06-01T00:00:00")],
    ["one", null],
  ]);
});
