import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { compileProgramme, parseProgramme } from "#domains/program/index.ts";
import { planOf } from "#domains/subscription/index.ts";
import { type Declared, declaredBenefit } from "./declared-benefit.ts";

const text = readFileSync(new URL("../../../../examples/demo/programme.yaml", import.meta.url), "utf8");
const parsed = parseProgramme(text, "programme.yaml");
assert.ok(parsed.ok);
const programme = compileProgramme(parsed.value, 1, 0);
const plan = planOf(programme, "dolka-plus");
assert.ok(plan);
const NOW = Date.parse("2026-06-15T12:00:00+03:00");

function benefit(declared: Declared, now = NOW) {
  const told = declaredBenefit(plan as NonNullable<typeof plan>, declared, programme, [], now);
  assert.ok(told.ok, JSON.stringify(told));
  return told.value;
}

/** FACTS.md: 7,000 and 5,000 roubles and delivery at both shows a saving of 1,194 roubles, 600 and 594. */
test("7,000 and 5,000 roubles a month with deliveries at both grocers save 1,194 roubles, on whatever day one asks", () => {
  for (let day = 0; day < 30; day++) {
    const told = benefit(
      {
        spend: [
          { partner: "kalitka", category: "groceries", amountKopecks: 700_000 },
          { partner: "samobranka", category: "groceries", amountKopecks: 500_000 },
        ],
        deliveries: [{ partner: "kalitka" }, { partner: "samobranka" }],
      },
      NOW + day * 86_400_000,
    );
    assert.equal(told.pointsKopecks, 60_000, "5 % of 12,000");
    assert.equal(told.deliveryKopecks, 59_400, "6 deliveries at 99");
    assert.equal(told.savingKopecks, 119_400);
    assert.equal(told.priceKopecks, 19_900);
    assert.equal(told.netKopecks, 99_500);
    assert.deepEqual(told.rules, [{ rule: "plus-groceries", withCents: 60_000, withoutCents: 0 }]);
  }
});

test("ten times the points on Wednesdays count for the one receipt in seven that falls on one", () => {
  const told = benefit({
    spend: [{ partner: "kalitka", category: "cleaning", amountKopecks: 700_000 }],
    deliveries: [],
  });
  const wednesdays = told.rules.find(({ rule }) => rule === "plus-ten-times");
  assert.equal(wednesdays?.withCents, 4_500, "nine times 0.5 % of 1,000");
});

test("deliveries of partners where they are not free, and other times than the usual, count as they are", () => {
  const told = benefit({
    spend: [{ partner: "kalitka", category: "groceries", amountKopecks: 0 }],
    deliveries: [{ partner: "kalitka", times: 10 }, { partner: "dushitsa" }],
  });
  assert.equal(told.deliveries, 10);
  assert.equal(told.netKopecks, 99_000 - 19_900);
});

test("what the programme does not know is named by its place", () => {
  const spend = [{ partner: "kalitka", category: "groceries", amountKopecks: 1 }];
  const fails = (declared: Declared) => declaredBenefit(plan as NonNullable<typeof plan>, declared, programme, [], NOW);
  assert.deepEqual(fails({ spend: [{ ...spend[0], partner: "nobody" } as never], deliveries: [] }), {
    ok: false,
    failure: { code: "unknown-partner", pointer: "/spend/0/partner", value: "nobody" },
  });
  assert.deepEqual(fails({ spend, deliveries: [{ partner: "nobody" }] }), {
    ok: false,
    failure: { code: "unknown-partner", pointer: "/deliveries/0/partner", value: "nobody" },
  });
});
