/** The guards beside a reference that keeps every fact and looks through all of them each time. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { VelocityTerms } from "#domains/program/index.ts";
import { createCalendar, HOUR_MS, MINUTE_MS } from "#kernel/time.ts";
import { FEW, LATE_MS } from "./counters.ts";
import { type GuardFacts, SUBJECT_INDEX } from "./facts.ts";
import type { Hit } from "./judge.ts";
import { addFacts, countersOf, factsOf, judge, NOON, ruleOf, STORES } from "./test-builders.ts";

const RULES: readonly VelocityTerms[] = [
  ruleOf({ id: "times", limit: 2 }),
  ruleOf({ id: "money", measure: "money", limit: 25_000, per: "day" }),
  ruleOf({ id: "points", measure: "points", limit: 2_500, of: ["member"], windowMs: 2 * HOUR_MS }),
  ruleOf({ id: "spends", on: "spend", measure: "points", limit: 900 }),
  ruleOf({ id: "spend-times", on: "spend", limit: 1, of: ["member"] }),
  ruleOf({ id: "returns", on: "return", limit: 1 }),
  ruleOf({ id: "returned", on: "return", measure: "money", limit: 12_000, of: ["member"] }),
  ruleOf({ id: "members", measure: "distinct", distinct: "member", limit: 2 }),
  ruleOf({ id: "apart", measure: "apart", limit: 3 * MINUTE_MS, windowMs: 3 * MINUTE_MS }),
  ruleOf({ id: "both", of: ["card", "member"], limit: 1, windowMs: 30 * MINUTE_MS }),
  ruleOf({ id: "here", placeMask: Uint8Array.of(1, 0), channels: ["store"], limit: 1 }),
];
const calendar = createCalendar("Europe/Moscow");

function isCounted(
  { on, channels, placeMask }: VelocityTerms,
  facts: GuardFacts,
  kind: GuardFacts["kind"] = facts.kind,
) {
  if (channels && !channels.includes(facts.channel)) return false;
  if (placeMask && placeMask[STORES[facts.store] as number] !== 1) return false;
  return on === "spend" ? facts.spentCents > 0 : kind === on;
}

/** Every window that holds the request, one by one: those that end with any event, or with the request. */
function expected(terms: VelocityTerms, own: GuardFacts, all: readonly GuardFacts[]): Hit[] {
  const isReturn = terms.on === "return";
  if (isReturn ? own.kind !== "purchase" || !isCounted(terms, own, "return") : !isCounted(terms, own)) return [];
  const keysOf = ({ keys }: GuardFacts) => terms.of.map((subject) => keys[SUBJECT_INDEX[subject]] as number);
  if (keysOf(own).includes(0)) return [];
  const same = all.filter((each) => isCounted(terms, each) && keysOf(each).join() === keysOf(own).join());
  const hit = (measured: number, isBroken: boolean): Hit[] => (isBroken ? [{ rule: terms.id, measured }] : []);
  if (terms.measure === "apart") {
    const nearest = Math.min(...same.map(({ at }) => Math.abs(at - own.at)));
    return hit(nearest, nearest < terms.limit);
  }
  const window = terms.windowMs ?? 0;
  if (terms.measure === "distinct") {
    const near = same.filter(({ at }) => Math.abs(at - own.at) < window).map(({ keys }) => keys[SUBJECT_INDEX.member]);
    const mine = own.keys[SUBJECT_INDEX.member] as number;
    const different = mine === 0 ? 0 : new Set([mine, ...near].filter((key) => key !== 0)).size;
    return hit(different, different > terms.limit);
  }
  const points = terms.on === "spend" ? "spentCents" : "earnedCents";
  const worth = (facts: GuardFacts) =>
    terms.measure === "money" ? facts.kopecks : terms.measure === "points" ? facts[points] : 1;
  const sum = (some: readonly GuardFacts[]) =>
    some.reduce((total, each) => total + worth(each), isReturn ? 0 : worth(own));
  const sums = terms.per
    ? [sum(same.filter(({ at }) => calendar.dayOf(at) === calendar.dayOf(own.at)))]
    : [own, ...same]
        .filter(({ at: end }) => end >= own.at && end - window < own.at)
        .map(({ at: end }) => sum(same.filter(({ at }) => at > end - window && at <= end)));
  const most = Math.max(...sums);
  return hit(most, most > terms.limit);
}

const some = fc.record({
  kind: fc.constantFrom("purchase" as const, "purchase" as const, "hold" as const, "return" as const),
  minute: fc.integer({ min: 0, max: 300 }),
  card: fc.integer({ min: 0, max: 2 }),
  member: fc.integer({ min: 0, max: 3 }),
  store: fc.constantFrom("one", "two"),
  channel: fc.constantFrom("store", "online"),
  kopecks: fc.integer({ min: 0, max: 10_000 }),
  earnedCents: fc.integer({ min: 0, max: 1_000 }),
  spentCents: fc.constantFrom(0, 0, 400),
});

test("whatever the rules and the order of arrival, in one batch or in many, judged as by looking through everything", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(some, fc.boolean()), { maxLength: FEW }), (steps) => {
      const counters = countersOf(...RULES);
      const all: GuardFacts[] = [];
      let batch: GuardFacts[] = [];
      for (const [{ minute, ...rest }, isPosted] of steps) {
        const newest = Math.max(NOON, ...all.map(({ at }) => at));
        const facts = factsOf({ ...rest, at: Math.max(NOON + minute * MINUTE_MS, newest - LATE_MS) });
        const hits = judge(facts, counters, batch)?.hits ?? [];
        const byRule = (a: Hit, b: Hit) => a.rule.localeCompare(b.rule);
        assert.deepEqual([...hits].sort(byRule), RULES.flatMap((rule) => expected(rule, facts, all)).sort(byRule));
        all.push(facts);
        batch.push(facts);
        if (!isPosted) continue;
        for (const each of batch) addFacts(counters, each, NOON);
        batch = [];
      }
    }),
    { numRuns: 300 },
  );
});
