import type { VelocitySubject, VelocityTerms } from "#domains/program/index.ts";
import { createCalendar, HOUR_MS } from "#kernel/time.ts";
import { type Counters, count, createCounters, keyed } from "./counters.ts";
import { type GuardFacts, SUBJECT_INDEX, SUBJECTS } from "./facts.ts";
import { judge as judgeKeyed, type Verdict } from "./judge.ts";

/** What tests of velocity are made with. Not used outside of tests. */
export const NOON = Date.parse("2026-06-15T12:00:00+03:00");

export function ruleOf(over: Partial<VelocityTerms> = {}): VelocityTerms {
  return {
    id: "quick",
    name: { ru: "часто", en: "often" },
    of: ["card"],
    on: "purchase",
    measure: "times",
    limit: 3,
    distinct: undefined,
    windowMs: over.per === undefined ? HOUR_MS : undefined,
    per: undefined,
    placeMask: undefined,
    channels: undefined,
    action: "refuse",
    ...over,
  };
}

type FactsOver = Partial<Omit<GuardFacts, "keys">> & { readonly [subject in VelocitySubject]?: number | string };

export function factsOf(over: FactsOver = {}): GuardFacts {
  const keys = SUBJECTS.map(() => 0);
  keys[SUBJECT_INDEX.card] = 1;
  for (const subject of SUBJECTS) if (typeof over[subject] === "number") keys[SUBJECT_INDEX[subject]] = over[subject];
  return {
    kind: over.kind ?? "purchase",
    at: over.at ?? NOON,
    keys,
    store: typeof over.store === "string" ? over.store : "one",
    partner: "alfa",
    channel: over.channel ?? "store",
    kopecks: over.kopecks ?? 10_000,
    earnedCents: over.earnedCents ?? 1_000,
    spentCents: over.spentCents ?? 0,
  };
}

export const STORES: Readonly<Record<string, number>> = { one: 0, two: 1 };

export function countersOf(...rules: VelocityTerms[]) {
  const calendar = createCalendar("Europe/Moscow");
  return createCounters({ rules, calendar, placeOf: (store) => STORES[store] ?? -1 });
}

export function addFacts(counters: Counters, facts: GuardFacts, now: number): void {
  count(counters, keyed(counters, facts), now);
}

export function judge(facts: GuardFacts, counters: Counters, decided: readonly GuardFacts[] = []): Verdict | undefined {
  return judgeKeyed(
    keyed(counters, facts),
    counters,
    decided.map((each) => keyed(counters, each)),
  );
}
