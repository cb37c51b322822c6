import type { VelocityAction } from "#domains/program/index.ts";
import type { EpochMs } from "#kernel/time.ts";
import { type Counters, type Keyed, talliesOf } from "./counters.ts";
import { AT, COLUMNS, MASK } from "./events.ts";
import { countedValue, type Group, judgedBy } from "./groups.ts";
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
 * Of the rules judged, as bits, those that may be broken: all that shares any window with the request, together, is
 * above the limit (or there is something too near). Nearly every request breaks none, and this looks at each event once.
 */
function suspectsOf({ group, place, request, decided }: Known, judged: number): number {
  const { facts, keys } = request;
  const key = keys[place] as number;
  const { rules, scratch } = group;
  const count = rules.length;
  for (let r = 0; r < count; r++) {
    if ((judged & (1 << r)) === 0) continue;
    const { from, until } = around(rules[r] as CountedRule, facts.at);
    scratch[PLACES * r + FROM] = from;
    scratch[PLACES * r + UNTIL] = until;
    scratch[PLACES * r + SUM] = ownOf(group, r, request);
  }
  addPosted(group, key, judged, facts.at);
  for (let i = 0; i < decided.length; i++) {
    const other = decided[i] as Keyed;
    if (other.keys[place] !== key) continue;
    const { at } = other.facts;
    const mask = (other.masks[place] as number) & judged;
    for (let r = 0; r < count; r++) {
      if ((mask & (1 << r)) === 0 || isOutside(scratch, r, at)) continue;
      scratch[PLACES * r + SUM] =
        (scratch[PLACES * r + SUM] as number) + amountOf(group, r, countedValue(group, r, other.facts));
    }
  }
  let suspects = 0;
  for (let r = 0; r < count; r++) {
    if ((judged & (1 << r)) === 0) continue;
    const { measure: what, limit } = (rules[r] as CountedRule).terms;
    if ((scratch[PLACES * r + SUM] as number) > (what === "apart" ? 0 : limit)) suspects |= 1 << r;
  }
  return suspects;
}

/** Places in a rule's part of the scratch: what shares a window with the request comes from the first on, before the second. */
const [FROM, UNTIL, SUM, PLACES] = [0, 1, 2, 3] as const;

function isOutside(scratch: Float64Array, rule: number, at: EpochMs): boolean {
  return at < (scratch[PLACES * rule + FROM] as number) || at >= (scratch[PLACES * rule + UNTIL] as number);
}

function ownOf(group: Group, rule: number, { facts }: Keyed): number {
  const { terms } = group.rules[rule] as CountedRule;
  if (terms.on === "return" || terms.measure === "apart") return 0;
  return amountOf(group, rule, countedValue(group, rule, facts));
}

/** What one event adds at most: of different ones, one. */
function amountOf({ rules }: Group, rule: number, value: number): number {
  return (rules[rule] as CountedRule).distinctAt >= 0 ? 1 : value;
}

function addPosted(group: Group, key: number, judged: number, at: EpochMs): void {
  const subject = findSubject(group.subjects, key);
  if (subject < 0) return;
  const { rules, scratch, events, columnOf } = group;
  const tallies = talliesOf(group, subject);
  if (tallies) {
    for (let r = 0; r < rules.length; r++) {
      if ((judged & (1 << r)) === 0) continue;
      const most = mostInTally(tallies[r] as Tally, rules[r] as CountedRule, at);
      scratch[PLACES * r + SUM] = (scratch[PLACES * r + SUM] as number) + most;
    }
    return;
  }
  const { rows, next, width } = events;
  for (let event = group.subjects.heads[subject] as number; event >= 0; event = next[event] as number) {
    const row = event * width;
    const then = rows[row + AT] as number;
    const mask = (rows[row + MASK] as number) & judged;
    for (let r = 0; r < rules.length; r++) {
      if ((mask & (1 << r)) === 0) continue;
      if (isOutside(scratch, r, then)) continue;
      const column = columnOf[r] as number;
      const value = column < 0 ? 1 : amountOf(group, r, rows[row + COLUMNS + column] as number);
      scratch[PLACES * r + SUM] = (scratch[PLACES * r + SUM] as number) + value;
    }
  }
}

function mostInTally(tally: Tally, rule: CountedRule, at: EpochMs): number {
  if (rule.terms.measure === "apart") return Math.abs(at - lastAtOf(tally)) < rule.terms.limit ? 1 : 0;
  return tally.seen ? tally.seen.size : readTally(tally, rule, at);
}
