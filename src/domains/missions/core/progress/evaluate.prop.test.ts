import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createCalendar, DAY_MS } from "#kernel/time.ts";
import type { StepTerms } from "../terms.ts";
import type { Contribution } from "./contribution.ts";
import { type EvaluationTerms, evaluate } from "./evaluate.ts";

const calendar = createCalendar("Europe/Moscow");
const START = Date.parse("2026-03-01T00:00:00+03:00");
const purchase = { kind: "purchase", partners: undefined, categories: undefined, leastKopecks: 100 } as const;

function step(measure: StepTerms["measure"], target: number, id = "goal"): StepTerms {
  return { id, deed: purchase, measure, target };
}

/** Purchases, and for some of them returns later; as the ledger would have them: never more than was bought. */
const history = fc
  .array(
    fc.record({
      minute: fc.integer({ min: 0, max: 60 * 24 * 40 }),
      amount: fc.integer({ min: 50, max: 2_000 }),
      returned: fc.option(
        fc.record({ share: fc.integer({ min: 1, max: 4 }), after: fc.integer({ min: 1, max: 30_000 }) }),
      ),
      step: fc.constantFrom("goal", "other"),
    }),
    { maxLength: 14 },
  )
  .map((rows) =>
    rows.flatMap(({ minute, amount, returned, step: of }, i): Contribution[] => {
      const at = START + minute * 60_000;
      const bought = { step: of, source: `o${i}`, at, amount };
      if (returned === null) return [bought];
      const back = Math.ceil((amount * returned.share) / 4);
      return [bought, { step: of, source: `r${i}`, cites: `o${i}`, at: at + returned.after * 60_000, amount: -back }];
    }),
  );

const terms = fc.record({
  steps: fc.constantFrom(
    [step("times", 3)],
    [step("sum", 3_000)],
    [step("days", 3)],
    [step("weeks", 2)],
    [step("times", 2), step("sum", 1_500, "other")],
  ),
  windowMs: fc.constantFrom(undefined, 10 * DAY_MS),
  onReturn: fc.constantFrom("keep" as const, "take-back" as const),
  live: fc.constantFrom(
    [{ fromAt: START, untilAt: START + 40 * DAY_MS }],
    [
      { fromAt: START + DAY_MS, untilAt: START + 10 * DAY_MS },
      { fromAt: START + 12 * DAY_MS, untilAt: START + 30 * DAY_MS },
    ],
  ),
});

/** As storage does: one row a key, whatever came how often. */
function stored(rows: readonly Contribution[]): Contribution[] {
  return [...new Map(rows.map((row) => [`${row.step} ${row.source}`, row])).values()];
}

test("any order and any duplication of what happened ends in the same progress", () => {
  fc.assert(
    fc.property(history, terms, fc.infiniteStream(fc.nat()), (rows, given, noise) => {
      const twice = [...rows, ...rows.filter((_, i) => i % 2 === 0)];
      const keyed = twice.map((row) => [noise.next().value as number, row] as const);
      const shuffled = keyed.sort((a, b) => a[0] - b[0]).map(([, row]) => row);
      assert.deepEqual(evaluate(stored(shuffled), given, calendar), evaluate(stored(rows), given, calendar));
    }),
    { numRuns: 400 },
  );
});

/** The same, told step by step in the order of time: what a cashier with a notebook would do. */
function notebook(rows: readonly Contribution[], given: EvaluationTerms): number | undefined {
  const live = (at: number) => given.live.some(({ fromAt, untilAt }) => at >= fromAt && at < untilAt);
  const ordered = [...rows].sort(
    (a, b) =>
      a.at - b.at ||
      (a.cites === undefined ? 0 : 1) - (b.cites === undefined ? 0 : 1) ||
      (a.source < b.source ? -1 : 1),
  );
  const bought = new Map<string, { amount: number }>();
  for (const row of ordered) {
    if (row.cites === undefined) {
      if (live(row.at)) bought.set(row.source, { amount: row.amount });
    } else {
      const known = bought.get(row.cites);
      if (known) known.amount += row.amount;
      continue;
    }
    let sum = 0;
    for (const { amount } of bought.values()) if (amount >= 100) sum += amount;
    if (sum >= 3_000 && live(row.at)) return row.at;
  }
  return undefined;
}

test("a sum that is kept is reached when a notebook kept in the order of time says so", () => {
  fc.assert(
    fc.property(history, terms, (rows, { live }) => {
      const own = rows.filter(({ step: of }) => of === "goal");
      const given: EvaluationTerms = { steps: [step("sum", 3_000)], windowMs: undefined, live, onReturn: "keep" };
      assert.equal(evaluate(own, given, calendar).done?.at, notebook(own, given));
    }),
    { numRuns: 400 },
  );
});

test("a goal that was taken back is one that is not reached by what was kept", () => {
  fc.assert(
    fc.property(history, terms, (rows, given) => {
      const kept = evaluate(rows, { ...given, onReturn: "keep" }, calendar);
      const strict = evaluate(rows, { ...given, onReturn: "take-back" }, calendar);
      if (strict.done !== undefined) assert.ok(kept.done !== undefined && kept.done.at <= strict.done.at);
      assert.deepEqual(strict.steps, kept.steps);
    }),
    { numRuns: 300 },
  );
});
