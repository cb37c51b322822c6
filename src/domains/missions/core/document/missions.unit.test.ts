import assert from "node:assert/strict";
import { test } from "node:test";
import { formatProgrammeError, parseProgramme } from "#domains/program/index.ts";
import { programmesOf, SMALL_COALITION } from "../../../../../test/support/programmes.ts";
import { contributionsOf } from "../progress/contribution.ts";
import { evaluate } from "../progress/evaluate.ts";
import { missionTerms, periodOf } from "../terms.ts";
import { parseMissions } from "./parse.ts";

const programme = programmesOf(() => 0, SMALL_COALITION).current();
const { document } = programme;

function faultsOf(text: string): string[] {
  const parsed = parseMissions(text, "missions.yaml", document);
  return parsed.ok ? [] : parsed.failure.map(formatProgrammeError);
}

function mission(lines: string): string {
  return `format: 1
missions:
  one:
    partner: telecom
    name: { ru: Номер, en: Number }
    from: 2026-03-01
    until: 2026-05-31
${lines.replace(/^/gm, "    ")}
`;
}

const REWARD = `reward: { percent: 5%, at: alfa, lasts: 90 days }
funders: { telecom: 1, operator: 1 }`;

test("a fault of a mission is told with its line, its column and what would be right", () => {
  assert.deepEqual(
    faultsOf(mission(`goal: { event: number-moved }\nreward: { percent: five }\nfunders: { telecom: 1 }`)),
    ['missions.yaml:9:24 /missions/one/reward/percent: expected a percentage such as 5% or 0.5%, got "five"'],
  );
  assert.deepEqual(faultsOf(mission(`goal: { event: number-moved, of: telecm }\n${REWARD}`)), [
    'missions.yaml:8:38 /missions/one/goal/of: expected a partner of this programme, got "telecm". Did you mean "telecom"?',
  ]);
});

test("parts of a mission that do not fit together are refused", () => {
  const refused: [string, RegExp][] = [
    [`goal: { event: a, purchase: {} }\n${REWARD}`, /expected one of event, purchase/],
    [`goal: { event: a, spend: 100 RUB }\n${REWARD}`, /a sum is of purchases/],
    [`goal: { event: a, everyWeek: 3 times, times: 2 times }\n${REWARD}`, /a streak takes no times/],
    [`goal: { steps: { a: { event: x } } }\n${REWARD}`, /at least two steps/],
    [`goal: { event: a }\nreward: { percent: 5% }\nfunders: { telecom: 1 }`, /needs "lasts"/],
    [`goal: { event: a }\nreward: { points: 5 points, lasts: 1 day }\nfunders: { telecom: 1 }`, /belongs to a boost/],
    [`goal: { event: a }\nafter: one\n${REWARD}`, /can't come after itself/],
    [`goal: { event: a }\nladder: main\n${REWARD}`, /stand together/],
  ];
  for (const [text, message] of refused) assert.match(faultsOf(mission(text)).join("\n"), message);
});

const happened = Date.parse("2026-03-10T12:00:00+03:00");

test("case 16: 3,100 spent and 200 returned is 2,900; the goal stays reached by `keep` and is undone by `take-back`", () => {
  for (const onReturn of ["keep", "take-back"] as const) {
    const text = mission(`goal: { purchase: { at: alfa }, spend: 3000 RUB }\n${REWARD}\nonReturn: ${onReturn}`);
    const parsed = parseMissions(text, "m", document);
    assert.ok(parsed.ok, JSON.stringify(parsed));
    const one = parsed.value.missions.one;
    assert.ok(one);
    const terms = missionTerms("one", one, [periodOf(one, programme.calendar)], programme);
    const line = (amount: number) => [{ category: "food", amount }];
    const rows = [
      ...contributionsOf(
        { kind: "purchase", source: "o1", partner: "alfa", at: happened, lines: line(310_000) },
        terms,
      ),
      ...contributionsOf(
        { kind: "purchase", source: "o2", partner: "beta", at: happened, lines: line(900_000) },
        terms,
      ),
      ...contributionsOf(
        { kind: "return", source: "o3", cites: "o1", partner: "alfa", at: happened + 1, lines: line(20_000) },
        terms,
      ),
    ];
    const progress = evaluate(rows, terms, programme.calendar);
    assert.equal(progress.steps[0]?.value, 290_000);
    assert.equal(progress.done?.at, onReturn === "keep" ? happened : undefined);
  }
});

test("the small coalition is a programme that missions can be checked against", () => {
  assert.ok(parseProgramme(SMALL_COALITION, "p").ok);
  assert.deepEqual(faultsOf(mission(`goal: { event: number-moved, where: { plan: family } }\n${REWARD}`)), []);
});
