import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { formatProgrammeError, parseProgramme } from "#domains/program/index.ts";
import { createCalendar } from "#kernel/time.ts";
import { programmesOf, SMALL_COALITION } from "../../../../../test/support/programmes.ts";
import { mostCost } from "../cost.ts";
import { gameTerms } from "../terms.ts";
import { parseGames } from "./parse.ts";

const programme = programmesOf(() => 0, SMALL_COALITION).current();
const { document } = programme;

function faultsOf(lines: string): string[] {
  const text = `format: 1
games:
  one:
    partner: telecom
    name: { ru: Игра, en: Game }
    from: 2026-06-01
    until: 2026-06-28
${lines.replace(/^/gm, "    ")}
`;
  const parsed = parseGames(text, "games.yaml", document, new Set(["number"]));
  return parsed.ok ? [] : parsed.failure.map(formatProgrammeError);
}

test("the games of the demo fit its programme", () => {
  const read = (name: string) => readFileSync(new URL(`../../../../../examples/demo/${name}`, import.meta.url), "utf8");
  const demo = parseProgramme(read("programme.yaml"), "programme.yaml");
  assert.ok(demo.ok);
  const games = parseGames(read("games.yaml"), "games.yaml", demo.value);
  assert.deepEqual(games.ok ? [] : games.failure.map(formatProgrammeError), []);
});

const PRIZES = `prizes:
      big: { name: Большой, weight: 1, stock: 2, points: 10 points }
      none: { name: Ничего, weight: 9 }`;

for (const [what, lines, expected] of [
  [
    "two plays",
    "leaderboard: { minimumTurnover: 1 RUB }\nachievement: { goal: { event: x } }",
    /exactly one of leaderboard/,
  ],
  ["points without funders", "leaderboard: { minimumTurnover: 1 RUB, prizes: [1 point] }", /points need funders/],
  [
    "a funder that may not exist",
    "leaderboard: { minimumTurnover: 1 RUB }\nfunders: { telecm: 1 }",
    /Did you mean "telecom"/,
  ],
  [
    "more partners than are named",
    "achievement: { goal: { purchase: { at: [alfa, beta] }, differentPartners: 3 times } }",
    /at most 2/,
  ],
  [
    "an event counted apart",
    "achievement: { goal: { event: x, differentPartners: 3 times } }",
    /does not stand with different/,
  ],
  [
    "a reward without a budget",
    "achievement: { goal: { event: x } }\nreward: { points: 5 points }\nfunders: { telecom: 1 }",
    /needs a budget/,
  ],
  ["a reward of a board", "leaderboard: { minimumTurnover: 1 RUB }\nreward: { boost: x }", /others have prizes/],
  [
    "a draw without a way in",
    `draw:\n    right: {}\n    whenOut: none\n    ${PRIZES}\nfunders: { telecom: 1 }`,
    /exactly one of purchase, event, mission, daily/,
  ],
  [
    "an unknown mission",
    `draw:\n    right: { mission: nothing }\n    whenOut: none\n    ${PRIZES}\nfunders: { telecom: 1 }`,
    /mission that is known/,
  ],
  [
    "a stand-in that can run out",
    `draw:\n    right: { daily: true }\n    whenOut: big\n    ${PRIZES}\nfunders: { telecom: 1 }`,
    /stock is without end/,
  ],
  [
    "points without a stock",
    `draw:\n    right: { daily: true }\n    whenOut: none\n    ${PRIZES.replace("stock: 2, ", "")}\nfunders: { telecom: 1 }`,
    /needs a stock/,
  ],
  [
    "attributes without consent",
    "questions: { style: poll, questions: { q: { text: Кто?, answers: { a: { name: A, attribute: cat }, b: { name: B } } } } }",
    /need a consent/,
  ],
  [
    "a quiz without a right answer",
    "questions: { style: quiz, questions: { q: { text: Кто?, answers: { a: { name: A }, b: { name: B } } } } }",
    /a right answer/,
  ],
  [
    "a certain attribute",
    "questions: { style: poll, consent: { version: v, text: Да }, questions: { q: { text: Кто?, answers: { a: { name: A, attribute: cat, confidence: 100% }, b: { name: B } } } } }",
    /nobody is ever certain/,
  ],
] as const) {
  test(`a game is refused for ${what}`, () => {
    const faults = faultsOf(lines);
    assert.equal(faults.filter((fault) => expected.test(fault)).length, 1, faults.join("\n"));
  });
}

test("the most that a game can cost is known before it is approved: prizes by weeks, stocks by periods, budgets", () => {
  const calendar = createCalendar("Europe/Moscow");
  const costOf = (over: object) => {
    const text = {
      partner: "telecom",
      name: "x",
      from: "2026-06-01",
      until: "2026-06-28",
      funders: { telecom: 1, alfa: 2 },
      ...over,
    };
    return mostCost(gameTerms("one", text as never, [], programme), calendar);
  };
  const board = { leaderboard: { minimumTurnover: "1 RUB", prizes: ["100 points", "50 points"] } };
  assert.deepEqual(costOf(board), { rounds: 4, pointsCents: 60_000, byFunder: { alfa: 40_000, telecom: 20_000 } });
  const prizes = { big: { name: "x", weight: 1, stock: 3, points: "10 points" }, none: { name: "x", weight: 1 } };
  const draw = (every: string) => ({ draw: { right: { daily: true }, every, prizes, whenOut: "none" } });
  assert.deepEqual(
    ["day", "week", "month", "game"].map((every) => costOf(draw(every)).pointsCents),
    [28 * 3_000, 4 * 3_000, 3_000, 3_000],
  );
  const reward = { achievement: { goal: { event: "x" } }, reward: { points: "1 point" }, budget: "70 points" };
  assert.equal(costOf(reward).pointsCents, 7_000);
});
