import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createDemand, planBudgets } from "./dry-budgets.ts";

const KEY = "b:gift|all";
const use = (amount: number) => [{ key: KEY, amount, untilDay: 0 }];
type Receipt = { readonly at: number; readonly amount: number };

function planOf(receipts: readonly Receipt[], limit: number) {
  const demand = createDemand();
  for (const { at, amount } of receipts) {
    const asked = { booked: [], before: [], after: use(amount), cuts: () => false };
    demand.add({ at, ...asked, limits: () => [limit, limit] });
  }
  return planBudgets(demand);
}

/** What the replay gives: in any order of members. */
function given(plan: ReturnType<typeof planOf>, receipts: readonly Receipt[], limit: number): number[] {
  return receipts.map(({ at, amount }) => {
    const cents = Math.min(amount, plan.leftAt(at, undefined)(KEY, limit));
    plan.use(at, use(cents));
    return cents;
  });
}

const receipts = fc.array(
  fc.record({ at: fc.integer({ min: 0, max: 600_000 }), amount: fc.integer({ min: 1, max: 500 }) }),
  { maxLength: 60 },
);

test("a budget gives all that is asked or all that it has, whoever is replayed first", () => {
  fc.assert(
    fc.property(receipts, fc.integer({ min: 0, max: 8_000 }), (all, limit) => {
      const asked = all.reduce((sum, { amount }) => sum + amount, 0);
      const sum = given(planOf(all, limit), all, limit).reduce((total, cents) => total + cents, 0);
      assert.equal(sum, Math.min(asked, limit));
      const shuffled = [...all].reverse();
      const other = given(planOf(shuffled, limit), shuffled, limit).reduce((total, cents) => total + cents, 0);
      assert.equal(other, sum);
    }),
  );
});

test("nobody goes short while a later minute still gets something", () => {
  fc.assert(
    fc.property(receipts, fc.integer({ min: 0, max: 8_000 }), (all, limit) => {
      const cents = given(planOf(all, limit), all, limit);
      const minuteOf = (at: number) => Math.floor(at / 60_000);
      const short = all.filter(({ amount }, i) => (cents[i] as number) < amount).map(({ at }) => minuteOf(at));
      const served = all.filter((_, i) => (cents[i] as number) > 0).map(({ at }) => minuteOf(at));
      if (short.length > 0 && served.length > 0) assert.ok(Math.max(...served) <= Math.min(...short));
    }),
  );
});

test("a budget that had run out in truth begins with what it then gave; one that the change leaves alone stays as booked", () => {
  const demand = createDemand();
  const of = (booked: number, before: number, after: number, limits: readonly [number, number]) =>
    demand.add({
      ...{ at: 0, booked: use(booked), before: use(before), after: use(after) },
      ...{ cuts: () => true, limits: () => limits },
    });
  // 100 of 1,000 were left when the window began, 150 were asked; the change asks for 300.
  of(100, 150, 300, [1_000, 1_000]);
  const plan = planBudgets(demand);
  assert.equal(plan.leftAt(0, undefined)(KEY, 1_000), 100);
  assert.ok(plan.changesAnything);

  const same = createDemand();
  same.add({
    at: 0,
    booked: use(100),
    before: use(150),
    after: use(150),
    cuts: () => true,
    limits: () => [1_000, 1_000],
  });
  const asBooked = planBudgets(same);
  assert.equal(asBooked.leftAt(0, () => 37)(KEY, 1_000), 37);
  assert.equal(asBooked.changesAnything, false);

  const raised = createDemand();
  raised.add({
    at: 0,
    booked: use(100),
    before: use(150),
    after: use(150),
    cuts: () => true,
    limits: () => [1_000, 2_000],
  });
  assert.equal(planBudgets(raised).leftAt(0, () => 37)(KEY, 2_000), 2_000, "it has enough now");
});
