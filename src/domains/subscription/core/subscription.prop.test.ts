import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createCalendar, DAY_MS, HOUR_MS } from "#kernel/time.ts";
import type { Plan } from "./plan.ts";
import {
  type Charge,
  cancel,
  declined,
  ended,
  open,
  paid,
  refund,
  resume,
  type Subscription,
  stepOf,
  withToken,
} from "./subscription.ts";

const calendar = createCalendar("Europe/Moscow");
const START = Date.parse("2026-01-31T15:00:00+03:00");

const plans = fc
  .record({
    priceKopecks: fc.integer({ min: 1, max: 100_000 }),
    months: fc.constantFrom(1 as const, 12 as const),
    trialDays: fc.option(fc.integer({ min: 1, max: 40 })),
    graceDays: fc.integer({ min: 0, max: 10 }),
    retriesMs: fc.array(fc.integer({ min: HOUR_MS, max: 3 * DAY_MS }), { minLength: 1, maxLength: 4 }),
    share: fc.constantFrom("pro-rata" as const, "full" as const, "none" as const),
  })
  .map(
    ({ priceKopecks, months, trialDays, graceDays, retriesMs, share }): Plan => ({
      ...{ id: "plus", name: { ru: "", en: "" }, seller: "operator", priceKopecks, months, retriesMs },
      trial: trialDays === null ? undefined : { lasts: { count: trialDays, unit: "day" }, priceKopecks: 0 },
      graceMs: graceDays * DAY_MS,
      refund: { share, points: "keep" },
      promos: [],
      delivery: undefined,
      programmeVersion: 1,
    }),
  );

const deeds = fc.array(
  fc.record({
    afterMs: fc.integer({ min: 0, max: 40 * DAY_MS }),
    what: fc.constantFrom("worker", "worker", "worker", "cancel", "resume", "token", "refund"),
    pays: fc.boolean(),
  }),
  { maxLength: 30 },
);

const promo = {
  id: "p",
  code: "P",
  priceKopecks: 1,
  periods: 2,
  fromDay: undefined,
  untilDay: undefined,
  limit: undefined,
};

type Life = {
  readonly states: Subscription[];
  readonly paidFor: Charge[];
  readonly tries: { readonly at: number; readonly charge: Charge }[];
};

function live(
  plan: Plan,
  withTrial: boolean,
  withPromo: boolean,
  all: readonly { afterMs: number; what: string; pays: boolean }[],
): Life {
  let now = START;
  const begun = open(
    { member: 1, number: 1, plan, withTrial, promo: withPromo ? promo : undefined, token: "tok_ok" },
    now,
    calendar,
  );
  let subscription = begun.subscription;
  const life: Life = { states: [subscription], paidFor: [], tries: [] };
  const settle = (charge: Charge, pays: boolean): void => {
    life.tries.push({ at: now, charge });
    if (pays) life.paidFor.push(charge);
    subscription = pays ? paid(subscription, charge, plan, now, calendar) : declined(subscription, true, plan, now);
    life.states.push(subscription);
  };
  if (begun.charge) settle(begun.charge, true);
  for (const { afterMs, what, pays } of all) {
    now += afterMs;
    if (what === "worker") {
      const step = stepOf(subscription, plan, now, calendar);
      if (step?.kind === "charge") settle(step.charge, pays);
      else if (step?.kind === "end") subscription = ended(subscription, step.reason, step.at, plan);
    } else {
      const changed =
        what === "cancel"
          ? cancel(subscription, plan, now)
          : what === "resume"
            ? resume(subscription, plan, now)
            : what === "token"
              ? withToken(subscription, "tok_new", plan, now)
              : refundOf(subscription, life.paidFor.at(-1), plan, now);
      if (changed.ok) subscription = changed.value;
    }
    life.states.push(subscription);
  }
  return life;
}

function refundOf(subscription: Subscription, last: Charge | undefined, plan: Plan, now: number) {
  const given = refund(subscription, last, plan, plan.refund, now, calendar);
  if (!given.ok) return given;
  assert.ok(given.value.amountKopecks >= 0 && given.value.amountKopecks <= (last?.amountKopecks ?? 0));
  return { ok: true as const, value: given.value.subscription };
}

test("periods that were paid for follow each other without a gap or an overlap, each paid once", () => {
  fc.assert(
    fc.property(plans, fc.boolean(), fc.boolean(), deeds, (plan, withTrial, withPromo, all) => {
      const { paidFor } = live(plan, withTrial && plan.trial !== undefined, withPromo, all);
      for (let i = 1; i < paidFor.length; i++) {
        assert.equal((paidFor[i] as Charge).periodFromAt, (paidFor[i - 1] as Charge).periodUntilAt);
        assert.ok((paidFor[i] as Charge).periodUntilAt > (paidFor[i] as Charge).periodFromAt);
      }
      const atPromo = paidFor.filter(({ promo: used }) => used !== undefined).length;
      assert.equal(atPromo, withPromo ? Math.min(2, paidFor.length) : 0);
    }),
    { numRuns: 500 },
  );
});

test("benefits never hold longer than what is paid and grace, end at the end, and what has ended stays ended", () => {
  fc.assert(
    fc.property(plans, fc.boolean(), deeds, (plan, withTrial, all) => {
      const { states } = live(plan, withTrial && plan.trial !== undefined, false, all);
      let over: Subscription | undefined;
      for (const each of states) {
        const { startedAt, periodUntilAt, benefitUntilAt, endedAt, state, isCancelled } = each;
        if (over) assert.deepEqual(each, over);
        if (state === "ended") over = each;
        if (startedAt === undefined || periodUntilAt === undefined) continue;
        assert.ok(benefitUntilAt !== undefined && benefitUntilAt >= startedAt);
        assert.ok(benefitUntilAt <= periodUntilAt + plan.graceMs);
        if (endedAt !== undefined) assert.ok(benefitUntilAt <= endedAt);
        else if (isCancelled) assert.equal(benefitUntilAt, periodUntilAt);
        assert.equal(each.nextAt === undefined, state === "ended", "the worker comes back to what goes on");
      }
    }),
    { numRuns: 500 },
  );
});

test("a renewal is never tried before its time, nor after the days of grace", () => {
  fc.assert(
    fc.property(plans, deeds, (plan, all) => {
      const { tries } = live(plan, false, false, all);
      for (const { at, charge } of tries.slice(1)) {
        assert.ok(at >= charge.periodFromAt);
        if (plan.graceMs > 0) assert.ok(at < charge.periodFromAt + plan.graceMs);
      }
    }),
    { numRuns: 500 },
  );
});
