import assert from "node:assert/strict";
import { test } from "node:test";
import { compileProgramme, parseProgramme, price } from "#domains/program/index.ts";
import { SMALL_COALITION } from "../../../../test/support/programmes.ts";
import { createStoppedProgrammes } from "./stopped-programme.ts";
import { isAwardStopped, NO_STOPS, type Stop, stopAt, stopsOf } from "./stops.ts";

const parsed = parseProgramme(
  `${SMALL_COALITION.replace(
    "rules:\n",
    `rules:
  own: { name: own, earn: 5%, funders: seller }
  mission-card: { name: m, when: { boost: mission-card }, earn: 2%, funders: operator }
  double: { name: d, earn: { multiply: 2x, of: own }, funders: operator }
`,
  )}boosts: { mission-card: { name: m } }\n`,
  "p.yaml",
);
assert.ok(parsed.ok, JSON.stringify(parsed));
const programme = compileProgramme(parsed.value, 1, 0);
const AT = Date.parse("2026-06-15T12:00:00+03:00");

type What = Pick<Stop, "scope" | "subject" | "what">;
function earnedWith(...stops: What[]): string[] {
  const pricing = createStoppedProgrammes(stopsOf(stops))(programme, "alfa");
  const sold = { partner: "alfa", store: "alfa-1", till: "1", number: "1", at: AT };
  const traits = [{ kind: "boost", key: "mission-card", fromAt: 0 }] as const;
  const priced = price(
    {
      ...sold,
      lines: [{ category: "food", amountKopecks: 10_000 }],
      deliveryFeeKopecks: 0,
      tenders: [],
      spendCents: 0,
    },
    { traits, capUse: new Map(), firstPurchaseAt: new Map(), activeCents: 0 },
    pricing,
  );
  assert.ok(priced.ok);
  return priced.value.rules.map(({ rule }) => rule).sort();
}
const stop = (scope: Stop["scope"], subject = "x", what: Stop["what"] = "earning"): What => ({ scope, subject, what });

test("without stops the programme is the very same", () => {
  assert.equal(createStoppedProgrammes(NO_STOPS)(programme, "alfa"), programme);
  assert.deepEqual(earnedWith(), ["base", "double", "mission-card", "own"]);
  assert.deepEqual(earnedWith(stop("partner", "beta"), stop("partner", "alfa", "spending")).length, 4);
});

test("a stop of all, or of the seller, leaves no rule; of a mission its own; of a funder those that it pays for", () => {
  assert.deepEqual(earnedWith(stop("programme")), []);
  assert.deepEqual(earnedWith(stop("partner", "alfa")), []);
  assert.deepEqual(earnedWith(stop("mission", "card")), ["base", "double", "own"]);
  assert.deepEqual(earnedWith(stop("mission", "car")).length, 4);
  assert.deepEqual(earnedWith(stop("funder", "beta")), ["double", "mission-card", "own"]);
  assert.deepEqual(earnedWith(stop("funder", "alfa")), ["mission-card"], "and a multiplier of what is left out");
  assert.deepEqual(earnedWith(stop("funder", "operator")), ["base", "own"]);
});

test("where a stop holds, and which awards it stops", () => {
  const stops = stopsOf([stop("partner", "alfa", "spending"), stop("funder", "beta"), stop("mission", "card")]);
  assert.equal(stopAt(stops, "spending", "alfa"), "partner");
  assert.equal(stopAt(stops, "spending", "beta"), undefined);
  assert.equal(stopAt(stopsOf([stop("programme", "test", "spending")]), "spending", "beta"), "programme");
  assert.equal(isAwardStopped(stops, { partner: "alfa", funders: ["alfa"] }), false);
  assert.equal(isAwardStopped(stops, { partner: "alfa", funders: ["alfa", "beta"] }), true);
  assert.equal(isAwardStopped(stops, { partner: "alfa", funders: ["alfa"], mission: "card" }), true);
});
