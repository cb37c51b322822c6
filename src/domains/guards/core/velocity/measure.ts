import type { EpochMs } from "#kernel/time.ts";
import { type Keyed, talliesOf } from "./counters.ts";
import { AT, COLUMNS, MASK } from "./events.ts";
import { countedValue, type Group } from "./groups.ts";
import { around, type CountedRule } from "./rules.ts";
import { findSubject } from "./subjects.ts";
import { lastAtOf, readTally, type Tally } from "./tally.ts";

/** A request beside what is known of its subject in one group, the `place`-th: posted, and decided in the same batch. */
export type Known = {
  readonly group: Group;
  readonly place: number;
  readonly request: Keyed;
  readonly decided: readonly Keyed[];
};

/** One event as a rule counts it. */
type Event = { readonly at: EpochMs; readonly value: number };

/** What the request would make of the rule's measure, to the kopeck and the millisecond where events are known one by one. */
export function measure(known: Known, r: number): number {
  const { group, request } = known;
  const rule = group.rules[r] as CountedRule;
  const { facts } = request;
  const subject = findSubject(group.subjects, request.keys[known.place] as number);
  const tally = subject < 0 ? undefined : talliesOf(group, subject)?.[r];
  const events = [...(subject < 0 || tally ? [] : postedOf(group, subject, r)), ...decidedOf(known, r)];
  if (rule.terms.measure === "apart") return distance(facts.at, tally, events);
  const isReturn = rule.terms.on === "return";
  const own = isReturn ? 0 : countedValue(group, r, facts);
  if (rule.distinctAt >= 0) return different(rule, { at: facts.at, own, isReturn }, tally, events);
  return own + (tally ? readTally(tally, rule, facts.at) : 0) + mostOf(rule, facts.at, events);
}

function postedOf({ subjects, events, columnOf }: Group, subject: number, r: number): Event[] {
  const { rows, next, width } = events;
  const found: Event[] = [];
  const column = columnOf[r] as number;
  for (let event = subjects.heads[subject] as number; event >= 0; event = next[event] as number) {
    const row = event * width;
    if (((rows[row + MASK] as number) & (1 << r)) === 0) continue;
    const value = column < 0 ? 1 : (rows[row + COLUMNS + column] as number);
    found.push({ at: rows[row + AT] as number, value });
  }
  return found;
}

function decidedOf({ group, place, request, decided }: Known, r: number): Event[] {
  const key = request.keys[place];
  return decided
    .filter(({ keys, masks }) => keys[place] === key && ((masks[place] as number) & (1 << r)) !== 0)
    .map(({ facts }) => ({ at: facts.at, value: countedValue(group, r, facts) }));
}

/** The most that a window around `at` holds of these events. */
function mostOf(rule: CountedRule, at: EpochMs, events: readonly Event[]): number {
  const { from, until } = around(rule, at);
  let sum = 0;
  let hasLater = false;
  for (const event of events) {
    if (event.at < from || event.at >= until) continue;
    if (event.at <= at || rule.periodOf) sum += event.value;
    else hasLater = true;
  }
  if (!hasLater) return sum;
  let most = sum;
  for (const { at: end } of events) {
    if (end <= at || end >= until) continue;
    let within = 0;
    for (const event of events) if (event.at > end - rule.windowMs && event.at <= end) within += event.value;
    if (within > most) most = within;
  }
  return most;
}

type Own = { readonly at: EpochMs; readonly own: number; readonly isReturn: boolean };

/** How many different ones the windows around the request see, its own included. */
function different(rule: CountedRule, request: Own, tally: Tally | undefined, events: readonly Event[]): number {
  const { from, until } = around(rule, request.at);
  const seen = new Set<number>();
  if (!request.isReturn) {
    // Who shows none of them is not one more of them.
    if (request.own === 0) return 0;
    seen.add(request.own);
  }
  for (const [value, lastAt] of tally?.seen ?? []) if (lastAt >= from && lastAt < until) seen.add(value);
  for (const { at, value } of events) if (value !== 0 && at >= from && at < until) seen.add(value);
  return seen.size;
}

/** Milliseconds to the nearest other one; infinite when there is none. */
function distance(at: EpochMs, tally: Tally | undefined, events: readonly Event[]): number {
  let nearest = tally ? Math.abs(at - lastAtOf(tally)) : Number.POSITIVE_INFINITY;
  for (const event of events) nearest = Math.min(nearest, Math.abs(at - event.at));
  return nearest;
}
