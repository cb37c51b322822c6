import type { VelocityAction } from "#domains/program/index.ts";
import type { EpochMs } from "#kernel/time.ts";
import { type Counters, type Keyed, talliesOf } from "./counters.ts";
import { AT, COLUMNS, MASK } from "./events.ts";
import { atMost, countedValue, type Group, judgedBy } from "./groups.ts";
import { type Known, measure } from "./measure.ts";
import { around, type CountedRule } from "./rules.ts";
import { findSubject } from "./subjects.ts";
import { lastAtOf, readTally, type Tally } from "./tally.ts";

/** A rule that a request breaks, and what it would make of the measure: times, kopecks, cents, different ones, ms apart. */
export type Hit = { readonly rule: string; readonly measured: number };

/** What the guards say of one request: the strictest action of the rules that it breaks. */
export type Verdict = { readonly action: VelocityAction; readonly hits: readonly Hit[] };

/**
 * Whether a request stays within the rules, given what was posted before it and what is decided and not yet posted.
 * Counts nothing, asks no clock. A window is every one that the request would lie in, so what comes out of order is
 * judged like what comes in order. Undefined when no rule is broken.
 */
export function judge(request: Keyed, counters: Counters, decided: readonly Keyed[] = []): Verdict | undefined {
  let hits: Hit[] | undefined;
  let action: VelocityAction = "allow";
  for (let g = 0; g < counters.groups.length; g++) {
    if (request.keys[g] === 0) continue;
    const group = counters.groups[g] as Group;
    const judged = judgedBy(group, request.masks[g] as number, request.facts, counters.placeOf);
    if (judged === 0) continue;
    const known: Known = { group, place: g, request, decided };
    let suspects = suspectsOf(known, judged);
    for (let r = 0; suspects !== 0; r++, suspects >>>= 1) {
      if ((suspects & 1) === 0) continue;
      const measured = measure(known, r);
      const { terms } = group.rules[r] as CountedRule;
      if (terms.measure === "apart" ? measured >= terms.limit : measured <= terms.limit) continue;
      hits ??= [];
      hits.push({ rule: terms.id, measured });
      action = stricter(action, terms.action);
    }
  }
  return hits && { action, hits };
}

const STRICTNESS = { allow: 0, review: 1, refuse: 2 } as const;

function stricter(a: VelocityAction, b: VelocityAction): VelocityAction {
  return STRICTNESS[b] > STRICTNESS[a] ? b : a;
}

/**
 * Of the rules judged, as bits, those that may be broken: all that is known of the subject, together, is above the limit
 * (or there is anything at all that may be too near), and so is what shares any window with the request. Nearly every
 * request breaks none, and for most the first look at a few sums says so.
 */
function suspectsOf(known: Known, judged: number): number {
  const { group, place, request } = known;
  const subject = findSubject(group.subjects, request.keys[place] as number);
  const suspects = addUp(known, subject, judged, false);
  return suspects === 0 ? 0 : addUp(known, subject, suspects, true);
}

function addUp(known: Known, subject: number, judged: number, isWithin: boolean): number {
  const { group, request } = known;
  const { rules, scratch } = group;
  for (let r = 0; r < rules.length; r++) {
    if ((judged & (1 << r)) === 0) continue;
    if (isWithin) {
      const { from, until } = around(rules[r] as CountedRule, request.facts.at);
      scratch[PLACES * r + FROM] = from;
      scratch[PLACES * r + UNTIL] = until;
    }
    scratch[PLACES * r + SUM] = ownOf(group, r, request);
  }
  if (subject >= 0) addPosted(group, subject, judged, request.facts.at, isWithin);
  addDecided(known, judged, isWithin);
  let suspects = 0;
  for (let r = 0; r < rules.length; r++) {
    if ((judged & (1 << r)) === 0) continue;
    const { measure: what, limit } = (rules[r] as CountedRule).terms;
    if ((scratch[PLACES * r + SUM] as number) > (what === "apart" ? 0 : limit)) suspects |= 1 << r;
  }
  return suspects;
}

function addDecided({ group, place, request, decided }: Known, judged: number, isWithin: boolean): void {
  const { rules, scratch } = group;
  const key = request.keys[place];
  for (let i = 0; i < decided.length; i++) {
    const other = decided[i] as Keyed;
    if (other.keys[place] !== key) continue;
    const { at } = other.facts;
    const mask = (other.masks[place] as number) & judged;
    for (let r = 0; r < rules.length; r++) {
      if ((mask & (1 << r)) === 0 || (isWithin && isOutside(scratch, r, at))) continue;
      add(scratch, r, atMost(group, r, countedValue(group, r, other.facts)));
    }
  }
}

/** Places in a rule's part of the scratch: what shares a window with the request comes from the first on, before the second. */
const [FROM, UNTIL, SUM, PLACES] = [0, 1, 2, 3] as const;

function isOutside(scratch: Float64Array, rule: number, at: EpochMs): boolean {
  return at < (scratch[PLACES * rule + FROM] as number) || at >= (scratch[PLACES * rule + UNTIL] as number);
}

function add(scratch: Float64Array, rule: number, amount: number): void {
  scratch[PLACES * rule + SUM] = (scratch[PLACES * rule + SUM] as number) + amount;
}

function ownOf(group: Group, rule: number, { facts }: Keyed): number {
  const { terms } = group.rules[rule] as CountedRule;
  if (terms.on === "return" || terms.measure === "apart") return 0;
  return atMost(group, rule, countedValue(group, rule, facts));
}

function addPosted(group: Group, subject: number, judged: number, at: EpochMs, isWithin: boolean): void {
  const { rules, scratch, subjects } = group;
  const tallies = talliesOf(group, subject);
  if (isWithin && !tallies) {
    addEvents(group, subject, judged);
    return;
  }
  for (let r = 0; r < rules.length; r++) {
    if ((judged & (1 << r)) === 0) continue;
    const all = subjects.sums[subject * rules.length + r] as number;
    add(scratch, r, tallies ? mostInTally(tallies[r] as Tally, rules[r] as CountedRule, at) : all);
  }
}

function addEvents(group: Group, subject: number, judged: number): void {
  const { rules, scratch, events, columnOf, subjects } = group;
  const { rows, next, width } = events;
  for (let event = subjects.heads[subject] as number; event >= 0; event = next[event] as number) {
    const row = event * width;
    const mask = (rows[row + MASK] as number) & judged;
    for (let r = 0; r < rules.length; r++) {
      if ((mask & (1 << r)) === 0 || isOutside(scratch, r, rows[row + AT] as number)) continue;
      const column = columnOf[r] as number;
      add(scratch, r, column < 0 ? 1 : atMost(group, r, rows[row + COLUMNS + column] as number));
    }
  }
}

function mostInTally(tally: Tally, rule: CountedRule, at: EpochMs): number {
  if (rule.terms.measure === "apart") return Math.abs(at - lastAtOf(tally)) < rule.terms.limit ? 1 : 0;
  return tally.seen ? tally.seen.size : readTally(tally, rule, at);
}
