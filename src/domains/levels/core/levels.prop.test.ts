import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createCalendar, DAY_MS, type EpochMs, firstDayOf, parseMonth } from "#kernel/time.ts";
import { earliestOf, type LevelGoal, type LevelWindow, monthAt, periodStart, startOfMonth } from "./goals.ts";
import { continued, type Span, spansFrom } from "./spans.ts";
import type { Contribution } from "./tally.ts";

const calendar = createCalendar("Europe/Moscow");
const START_MONTH = parseMonth("2026-01") as number;
const START = calendar.startOf(firstDayOf(START_MONTH));

/** Purchases, and of some of them returns later; as the ledger would have them: never more than was bought. */
const history = fc
  .array(
    fc.record({
      minute: fc.integer({ min: 0, max: 60 * 24 * 400 }),
      kopecks: fc.integer({ min: 1, max: 900 }),
      partner: fc.constantFrom("alfa", "beta"),
      returned: fc.option(
        fc.record({ share: fc.integer({ min: 1, max: 4 }), after: fc.integer({ min: 0, max: 60 * 24 * 70 }) }),
      ),
    }),
    { maxLength: 16 },
  )
  .map((rows) =>
    rows.flatMap(({ minute, kopecks, partner, returned }, i): Contribution[] => {
      const at = START + minute * 60_000;
      const bought = { seq: 2 * i + 1, at, partner, kopecks, cents: kopecks * 2 };
      if (returned === null) return [bought];
      const back = Math.ceil((kopecks * returned.share) / 4);
      const later = at + returned.after * 60_000;
      return [bought, { seq: 2 * i + 2, cites: bought.seq, at: later, partner, kopecks: -back, cents: -back * 2 }];
    }),
  );

const window: fc.Arbitrary<LevelWindow> = fc.oneof(
  fc.constantFrom<LevelWindow>(
    { kind: "calendar", months: 1 },
    { kind: "calendar", months: 3 },
    { kind: "calendar", months: 12 },
  ),
  fc.integer({ min: 1, max: 120 }).map((days): LevelWindow => ({ kind: "rolling", days })),
);

const goals = fc
  .array(
    fc.record({
      target: fc.integer({ min: 1, max: 2_500 }),
      window,
      basis: fc.constantFrom("spend", "points"),
      only: fc.boolean(),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map((rows) =>
    rows.map(
      ({ target, window: counted, basis, only }, i): LevelGoal => ({
        level: `level-${i}`,
        rank: i + 2,
        key: JSON.stringify([counted, basis, only]),
        basis: basis as LevelGoal["basis"],
        target,
        window: counted,
        partners: only ? new Set(["alfa"]) : undefined,
      }),
    ),
  );

function all(rows: readonly Contribution[], given: readonly LevelGoal[]): Span[] {
  const first = Math.min(...rows.map(({ at }) => at));
  return rows.length === 0 ? [] : spansFrom(monthAt(first, calendar), rows, () => given, calendar);
}

/** As the worker does it: pages in any order and with duplicates, each from its earliest month on, from what is stored. */
function inPages(pages: readonly (readonly Contribution[])[], given: readonly LevelGoal[]): Span[] {
  const stored = new Map<number, Contribution>();
  let spans: Span[] = [];
  for (const page of pages) {
    if (page.length === 0) continue;
    for (const row of page) stored.set(row.seq, row);
    const from = monthAt(Math.min(...page.map(({ at }) => at)), calendar);
    const earliest = earliestOf(given, from, calendar);
    const loaded = [...stored.values()].filter(({ at }) => at >= earliest);
    spans = continued(
      spans,
      from,
      spansFrom(from, loaded, () => given, calendar),
      calendar,
    );
  }
  return spans;
}

test("any order and any duplication of receipts and returns ends in the same level history", () => {
  fc.assert(
    fc.property(
      history,
      goals,
      fc.infiniteStream(fc.nat()),
      fc.integer({ min: 1, max: 5 }),
      (rows, given, noise, size) => {
        const twice = [...rows, ...rows.filter((_, i) => i % 2 === 0)];
        const shuffled = twice
          .map((row) => [noise.next().value as number, row] as const)
          .sort((a, b) => a[0] - b[0])
          .map(([, row]) => row);
        const pages: Contribution[][] = [];
        for (let i = 0; i < shuffled.length; i += size) pages.push(shuffled.slice(i, i + size));
        assert.deepEqual(inPages(pages, given), all(rows, given));
      },
    ),
    { numRuns: 600 },
  );
});

/** What a clerk with all receipts would say at an instant: no tallies, no spans, only sums. */
function clerk(rows: readonly Contribution[], goal: LevelGoal, at: EpochMs): boolean {
  const month = monthAt(at, calendar);
  const startAt = startOfMonth(month, calendar);
  const sum = (fromAt: EpochMs, untilAt: EpochMs, knownUntil: EpochMs): number => {
    let total = 0;
    for (const row of rows) {
      if (row.at >= knownUntil || goal.partners?.has(row.partner) === false) continue;
      const bought = row.cites === undefined ? row : rows.find(({ seq }) => seq === row.cites);
      if (bought === undefined || bought.at < fromAt || bought.at >= untilAt) continue;
      total += goal.basis === "spend" ? row.kopecks : row.cents;
    }
    return total;
  };
  const { window: counted } = goal;
  if (counted.kind === "rolling") {
    const lo = (moment: EpochMs) => calendar.startOf(calendar.dayOf(moment) - counted.days + 1);
    if (sum(lo(startAt - 1), startAt, startAt) >= goal.target) return true;
    return rows.some(
      (row) => row.at >= startAt && row.at <= at && sum(lo(row.at), row.at + 1, row.at + 1) >= goal.target,
    );
  }
  const period = periodStart(month, counted.months);
  const periodAt = startOfMonth(period, calendar);
  const beforeAt = startOfMonth(period - counted.months, calendar);
  if (sum(beforeAt, periodAt, startAt) >= goal.target || sum(periodAt, startAt, startAt) >= goal.target) return true;
  return rows.some((row) => row.at >= startAt && row.at <= at && sum(periodAt, row.at + 1, row.at + 1) >= goal.target);
}

test("a level holds whenever a clerk with all receipts in front of him says so", () => {
  fc.assert(
    fc.property(
      history,
      goals,
      fc.array(fc.integer({ min: 0, max: 60 * 24 * 800 }), { maxLength: 12 }),
      (rows, given, minutes) => {
        const spans = all(rows, given);
        const times = [...minutes.map((minute) => START + minute * 60_000), ...rows.flatMap(({ at }) => [at - 1, at])];
        for (const at of times) {
          if (at < START) continue;
          for (const goal of given) {
            const holds = spans.some(
              ({ level, fromAt, untilAt }) => level === goal.level && fromAt <= at && at < untilAt,
            );
            assert.equal(holds, clerk(rows, goal, at), `${goal.level} at ${new Date(at).toISOString()}`);
          }
        }
      },
    ),
    { numRuns: 300 },
  );
});

test("levels begin at any time and end only at the beginning of a month", () => {
  fc.assert(
    fc.property(history, goals, (rows, given) => {
      for (const { fromAt, untilAt } of all(rows, given)) {
        assert.equal(untilAt, startOfMonth(monthAt(untilAt, calendar), calendar));
        assert.ok(untilAt - fromAt > 0 && untilAt - START < 1_300 * DAY_MS);
      }
    }),
    { numRuns: 200 },
  );
});
