import type { VelocityAction } from "#domains/program/index.ts";
import type { EpochMs } from "#kernel/time.ts";
import { type Counters, counts, type Entry, fits, type Group, type Keyed } from "./counters.ts";
import type { GuardFacts } from "./facts.ts";
import type { CountedRule } from "./rules.ts";
import { amountOf, lastAtOf, readTally, type Tally } from "./tally.ts";

/** A rule that a request breaks, and what it would make of the measure: times, kopecks, cents, different ones, ms apart. */
export type Hit = { readonly rule: string; readonly measured: number };

/** What the guards say of one request: the strictest action of the rules that it breaks. */
export type Verdict = { readonly action: VelocityAction; readonly hits: readonly Hit[] };

/**
 * Whether a request stays within the rules, given what was posted before it and what is decided and not yet posted.
 * Pure: counts nothing, asks no clock. A window is every one that the request would lie in, so what comes out of order
 * is judged like what comes in order. Undefined when no rule is broken.
 */
export function judge(request: Keyed, counters: Counters, decided: readonly Keyed[] = []): Verdict | undefined {
  const { facts, keys } = request;
  let hits: Hit[] | undefined;
  let action: VelocityAction = "allow";
  for (let g = 0; g < counters.groups.length; g++) {
    const group = counters.groups[g] as Group;
    const key = keys[g] as number;
    if (key === 0) continue;
    const known: Known = { entry: group.entries.get(key), decided: sameSubject(decided, g, key), counters };
    for (let r = 0; r < group.rules.length; r++) {
      const rule = group.rules[r] as CountedRule;
      if (!isJudged(rule, facts, counters)) continue;
      const measured = measure(rule, r, facts, known);
      if (!isBroken(rule, measured)) continue;
      hits ??= [];
      hits.push({ rule: rule.terms.id, measured });
      action = stricter(action, rule.terms.action);
    }
  }
  return hits && { action, hits };
}

/** What is known of one subject. */
type Known = {
  readonly entry: Entry | undefined;
  readonly decided: readonly GuardFacts[];
  readonly counters: Counters;
};

const STRICTNESS = { allow: 0, review: 1, refuse: 2 } as const;

function stricter(a: VelocityAction, b: VelocityAction): VelocityAction {
  return STRICTNESS[b] > STRICTNESS[a] ? b : a;
}

const NONE: readonly GuardFacts[] = [];

/** A batch has some sixty requests: looking through them is cheaper than an index of each. */
function sameSubject(decided: readonly Keyed[], group: number, key: number): readonly GuardFacts[] {
  let found: GuardFacts[] | undefined;
  for (let i = 0; i < decided.length; i++) {
    const { keys, facts } = decided[i] as Keyed;
    if (keys[group] !== key) continue;
    found ??= [];
    found.push(facts);
  }
  return found ?? NONE;
}

/** Returns are counted, and judge the purchases that follow: a return itself is never stopped. */
function isJudged(rule: CountedRule, facts: GuardFacts, counters: Counters): boolean {
  if (rule.terms.on !== "return") return counts(rule, facts, counters);
  return facts.kind === "purchase" && fits(rule.terms, facts, counters);
}

function isBroken({ terms }: CountedRule, measured: number): boolean {
  return terms.measure === "apart" ? measured < terms.limit : measured > terms.limit;
}

function measure(rule: CountedRule, place: number, facts: GuardFacts, known: Known): number {
  if (rule.terms.measure === "apart") return distance(rule, place, facts, known);
  if (rule.distinctAt >= 0) return different(rule, place, facts, known);
  const { entry, decided, counters } = known;
  const own = rule.terms.on === "return" ? 0 : amountOf(rule, facts);
  if (entry?.tallies === undefined) return own + mostOf(rule, facts.at, together(entry, decided), counters);
  const posted = readTally(entry.tallies[place] as Tally, rule, facts.at);
  return own + posted + mostOf(rule, facts.at, decided, counters);
}

function together(entry: Entry | undefined, decided: readonly GuardFacts[]): readonly GuardFacts[] {
  if (entry === undefined) return decided;
  return decided.length === 0 ? entry.events : [...entry.events, ...decided];
}

/** The most that a window around `at` holds of these events. */
function mostOf(rule: CountedRule, at: EpochMs, events: readonly GuardFacts[], counters: Counters): number {
  if (events.length === 0) return 0;
  const { from, until } = around(rule, at);
  let sum = 0;
  let hasLater = false;
  for (let i = 0; i < events.length; i++) {
    const event = events[i] as GuardFacts;
    if (event.at <= from || event.at >= until || !counts(rule, event, counters)) continue;
    if (event.at <= at || rule.periodOf) sum += amountOf(rule, event);
    else hasLater = true;
  }
  if (!hasLater) return sum;
  let most = sum;
  for (const { at: end } of events) {
    if (end <= at || end >= until) continue;
    let within = 0;
    for (const event of events) {
      if (event.at > end - rule.windowMs && event.at <= end && counts(rule, event, counters)) {
        within += amountOf(rule, event);
      }
    }
    if (within > most) most = within;
  }
  return most;
}

/** What may share a window with `at`: later than `from` and before `until`. */
function around(rule: CountedRule, at: EpochMs): { readonly from: EpochMs; readonly until: EpochMs } {
  const period = rule.periodOf?.(at);
  if (period) return { from: period.from - 1, until: period.until };
  return { from: at - rule.windowMs, until: at + rule.windowMs };
}

/** How many different ones the windows around the request see, its own included. */
function different(rule: CountedRule, place: number, facts: GuardFacts, known: Known): number {
  const { entry, decided, counters } = known;
  const { from, until } = around(rule, facts.at);
  const seen = new Set<number>();
  const own = facts.keys[rule.distinctAt] as number;
  if (rule.terms.on !== "return") {
    // Who shows none of them is not one more of them.
    if (own === 0) return 0;
    seen.add(own);
  }
  const before = entry?.tallies?.[place]?.seen;
  if (before) for (const [value, lastAt] of before) if (lastAt > from && lastAt < until) seen.add(value);
  for (const event of together(entry, decided)) {
    const value = event.keys[rule.distinctAt] as number;
    if (value !== 0 && event.at > from && event.at < until && counts(rule, event, counters)) seen.add(value);
  }
  return seen.size;
}

/** Milliseconds to the nearest other one; infinite when there is none. */
function distance(rule: CountedRule, place: number, facts: GuardFacts, known: Known): number {
  const { entry, decided, counters } = known;
  const last = entry?.tallies?.[place];
  let nearest = last ? Math.abs(facts.at - lastAtOf(last)) : Number.POSITIVE_INFINITY;
  for (const event of together(entry, decided)) {
    const gap = Math.abs(facts.at - event.at);
    if (gap < nearest && counts(rule, event, counters)) nearest = gap;
  }
  return nearest;
}
