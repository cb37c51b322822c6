import type { VelocityTerms } from "#domains/program/index.ts";
import { type Calendar, type EpochMs, MINUTE_MS } from "#kernel/time.ts";
import { type GuardFacts, joinKeys, SUBJECT_INDEX } from "./facts.ts";
import { type CountedRule, countedRule } from "./rules.ts";
import { addToTally, newTally, type Tally } from "./tally.ts";

/** Events of one subject kept one by one, with exact windows; a busier one is kept in sums by slices of a window. */
export const FEW = 48;
/** What is remembered reaches this much beyond a window; what comes later is judged by what is left. */
export const LATE_MS = 15 * MINUTE_MS;
/** Entries looked at for each one added, so that what is over is forgotten without a pause. */
const SWEPT_PER_ADD = 2;
/** Below this, what is over is not looked for among a subject's events. */
const PRUNED_FROM = 4;

/** What is known of one subject: its few events, or one tally for each rule of the group. Small: there are millions. */
export type Entry = { events: readonly GuardFacts[]; tallies: readonly Tally[] | undefined; addedMinute: number };

/** Rules that count the same subjects share what is remembered of them. */
export type Group = {
  /** Places among a fact's keys. */
  readonly of: readonly number[];
  readonly rules: readonly CountedRule[];
  readonly horizonMs: number;
  readonly entries: Map<number, Entry>;
  sweep: Iterator<[number, Entry]> | undefined;
};

export type Counters = {
  readonly groups: readonly Group[];
  /** By store id: its number in the programme that the rules come from. */
  readonly placeOf: (store: string) => number;
  /** Subjects remembered in one group; past it the first known are forgotten. */
  readonly mostSubjects: number;
};

export type CounterOptions = {
  readonly rules: readonly VelocityTerms[];
  readonly calendar: Calendar;
  readonly placeOf: (store: string) => number;
  readonly mostSubjects?: number;
};

/** A request with its subjects' keys, one for each group; 0 where it names no such. */
export type Keyed = { readonly facts: GuardFacts; readonly keys: readonly number[] };

/** Empty counters for these rules. */
export function createCounters(options: CounterOptions): Counters {
  const bySubjects = Map.groupBy(options.rules, ({ of }) => of.map((subject) => SUBJECT_INDEX[subject]).join());
  const groups = [...bySubjects].map(([subjects, rules]): Group => {
    const counted = rules.map((terms) => countedRule(terms, options.calendar));
    return {
      of: subjects.split(",").map(Number),
      rules: counted,
      horizonMs: Math.max(...counted.map(({ windowMs }) => windowMs)) + LATE_MS,
      entries: new Map(),
      sweep: undefined,
    };
  });
  return { groups, placeOf: options.placeOf, mostSubjects: options.mostSubjects ?? 2_000_000 };
}

export function keyed({ groups }: Counters, facts: GuardFacts): Keyed {
  const keys = new Array<number>(groups.length);
  for (let g = 0; g < groups.length; g++) keys[g] = keyFor((groups[g] as Group).of, facts);
  return { facts, keys };
}

function keyFor(of: readonly number[], { keys }: GuardFacts): number {
  let key = keys[of[0] as number] as number;
  for (let i = 1; i < of.length && key !== 0; i++) {
    const next = keys[of[i] as number] as number;
    key = next === 0 ? 0 : joinKeys(key, next);
  }
  return key;
}

/** Whether the rule counts this. */
export function counts({ terms }: CountedRule, facts: GuardFacts, counters: Counters): boolean {
  if (terms.on === "spend" ? facts.spentCents === 0 : facts.kind !== terms.on) return false;
  return fits(terms, facts, counters);
}

export function fits(terms: VelocityTerms, facts: GuardFacts, counters: Counters): boolean {
  if (terms.channels !== undefined && !terms.channels.includes(facts.channel)) return false;
  return terms.placeMask === undefined || terms.placeMask[counters.placeOf(facts.store)] === 1;
}

/** Counts what was posted. `now` is when; own times may come in any order. */
export function count(counters: Counters, { facts, keys }: Keyed, now: EpochMs): void {
  const minute = Math.floor(now / MINUTE_MS);
  for (let g = 0; g < counters.groups.length; g++) {
    const group = counters.groups[g] as Group;
    const key = keys[g] as number;
    if (key === 0) continue;
    const entry = group.entries.get(key);
    if (entry === undefined) {
      if (group.entries.size >= counters.mostSubjects) forgetFirst(group);
      // A list of one takes the room of one; grown by push it would take that of seventeen.
      group.entries.set(key, { events: [facts], tallies: undefined, addedMinute: minute });
    } else {
      entry.addedMinute = minute;
      if (entry.tallies) tally(counters, group, entry.tallies, facts);
      else addEvent(counters, group, entry, facts);
    }
    sweep(group, minute);
  }
}

function addEvent(counters: Counters, group: Group, entry: Entry, facts: GuardFacts): void {
  let known = entry.events;
  if (known.length >= PRUNED_FROM) {
    let newest = facts.at;
    for (const { at } of known) if (at > newest) newest = at;
    const oldest = newest - group.horizonMs;
    if (known.some(({ at }) => at < oldest)) known = known.filter(({ at }) => at >= oldest);
  }
  entry.events = [...known, facts];
  if (entry.events.length <= FEW) return;
  entry.tallies = group.rules.map(newTally);
  for (const event of entry.events) tally(counters, group, entry.tallies, event);
  entry.events = [];
}

function tally(counters: Counters, group: Group, tallies: readonly Tally[], facts: GuardFacts): void {
  for (let r = 0; r < group.rules.length; r++) {
    const rule = group.rules[r] as CountedRule;
    if (counts(rule, facts, counters)) addToTally(tallies[r] as Tally, rule, facts);
  }
}

function forgetFirst(group: Group): void {
  const first = group.entries.keys().next();
  if (!first.done) group.entries.delete(first.value);
}

/** Forgets subjects of which nothing has come for longer than any window. */
function sweep(group: Group, minute: number): void {
  const oldest = minute - Math.ceil(group.horizonMs / MINUTE_MS);
  for (let i = 0; i < SWEPT_PER_ADD; i++) {
    group.sweep ??= group.entries.entries();
    const next = group.sweep.next();
    if (next.done) {
      group.sweep = undefined;
      return;
    }
    if (next.value[1].addedMinute < oldest) group.entries.delete(next.value[0]);
  }
}
