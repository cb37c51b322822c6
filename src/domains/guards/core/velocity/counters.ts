import type { VelocityTerms } from "#domains/program/index.ts";
import { type Calendar, type EpochMs, MINUTE_MS } from "#kernel/time.ts";
import { AT, COLUMNS, freeEvent, freeList, MASK, pushEvent } from "./events.ts";
import type { GuardFacts } from "./facts.ts";
import { atMost, type Column, columnValue, countedBy, countedValue, type Group, groupsOf, keyFor } from "./groups.ts";
import type { CountedRule } from "./rules.ts";
import { addSubject, findSubject, nextSubject, removeSubject } from "./subjects.ts";
import { addToTally, newTally, type Tally } from "./tally.ts";

/** Events of one subject kept one by one, with exact windows; a busier one is kept in sums by slices of a window. */
export const FEW = 48;
/** What is remembered reaches this much beyond a window; what comes later is judged by what is left. */
export const LATE_MS = 15 * MINUTE_MS;
/** Subjects looked at for each event added, so that what is over is forgotten without a pause. */
const SWEPT_PER_ADD = 2;
const LOOKED_AT_TO_FORGET = 8;
/** Below this, what is over is not looked for among a subject's events. */
const PRUNED_FROM = 4;
/** Stands for a newest event where a subject is kept in tallies. */
const TALLIED = -2;

export type Counters = {
  readonly groups: readonly Group[];
  /** By store id: its number in the programme that the rules come from. */
  readonly placeOf: (store: string) => number;
  /** Subjects remembered in one group; past it some that have been idle for long are forgotten. */
  readonly mostSubjects: number;
};

export type CounterOptions = {
  readonly rules: readonly VelocityTerms[];
  readonly calendar: Calendar;
  readonly placeOf: (store: string) => number;
  readonly mostSubjects?: number;
};

/** A request with, for each group, its subject's key (0 where it names none) and the rules that count it, as bits. */
export type Keyed = { readonly facts: GuardFacts; readonly keys: readonly number[]; readonly masks: readonly number[] };

/** Empty counters for these rules. */
export function createCounters(options: CounterOptions): Counters {
  const groups = groupsOf(options.rules, options.calendar, LATE_MS);
  return { groups, placeOf: options.placeOf, mostSubjects: options.mostSubjects ?? 2_000_000 };
}

export function keyed({ groups, placeOf }: Counters, facts: GuardFacts): Keyed {
  const keys = new Array<number>(groups.length);
  const masks = new Array<number>(groups.length);
  for (let g = 0; g < groups.length; g++) {
    const group = groups[g] as Group;
    keys[g] = keyFor(group, facts);
    masks[g] = countedBy(group, facts, placeOf);
  }
  return { facts, keys, masks };
}

/** How many subjects are remembered. */
export function subjectsIn({ groups }: Counters): number {
  return groups.reduce((total, { subjects }) => total + subjects.size, 0);
}

/** Bytes that the typed arrays of the counters take; tallies of busy subjects are some thousand bytes each on top. */
export function bytesOf({ groups }: Counters): number {
  return groups.reduce((total, { subjects, events, tallies }) => {
    const arrays = [
      subjects.keys,
      subjects.heads,
      subjects.minutes,
      subjects.counts,
      subjects.sums,
      events.rows,
      events.next,
    ];
    const all = [...arrays, ...subjects.shards.map(({ slots }) => slots)];
    for (const tally of tallies.values()) for (const { ids, amounts } of tally) all.push(ids, amounts);
    return all.reduce((sum, { byteLength }) => sum + byteLength, total);
  }, 0);
}

/** Counts what was posted. `now` is when; own times may come in any order. */
export function count(counters: Counters, { facts, keys, masks }: Keyed, now: EpochMs): void {
  const minute = Math.floor(now / MINUTE_MS);
  for (let g = 0; g < counters.groups.length; g++) {
    const key = keys[g] as number;
    const mask = masks[g] as number;
    if (key === 0 || mask === 0) continue;
    const group = counters.groups[g] as Group;
    const { subjects } = group;
    let subject = findSubject(subjects, key);
    if (subject < 0) {
      if (subjects.size >= counters.mostSubjects) forgetIdle(group);
      subject = addSubject(subjects, key);
    }
    subjects.minutes[subject] = minute;
    if (subjects.heads[subject] === TALLIED) tally(group, group.tallies.get(subject) as readonly Tally[], mask, facts);
    else addEvent(group, subject, mask, facts);
    sweep(group, minute);
  }
}

/** The tallies of a busy subject; undefined when its events are kept one by one. */
export function talliesOf({ subjects, tallies }: Group, subject: number): readonly Tally[] | undefined {
  return subjects.heads[subject] === TALLIED ? tallies.get(subject) : undefined;
}

function addEvent(group: Group, subject: number, mask: number, facts: GuardFacts): void {
  const { subjects, events, columns } = group;
  const known = subjects.counts[subject] as number;
  // At 4, 8, 16 ... and when there are too many: what is over is looked for once for each event.
  if (known >= FEW || (known >= PRUNED_FROM && (known & (known - 1)) === 0)) prune(group, subject, facts.at);
  const event = pushEvent(events, subjects.heads[subject] as number);
  const { rows } = events;
  const row = event * events.width;
  rows[row + AT] = facts.at;
  rows[row + MASK] = mask;
  for (let c = 0; c < columns.length; c++) rows[row + COLUMNS + c] = columnValue(columns[c] as Column, facts);
  subjects.heads[subject] = event;
  addToSums(group, subject, row, 1);
  if ((subjects.counts[subject] as number) > FEW) toTallies(group, subject);
}

/** `times` is 1 for an event that comes, -1 for one that is forgotten. */
function addToSums(group: Group, subject: number, row: number, times: 1 | -1): void {
  const { subjects, events, rules, columnOf } = group;
  subjects.counts[subject] = (subjects.counts[subject] as number) + times;
  const mask = events.rows[row + MASK] as number;
  for (let r = 0; r < rules.length; r++) {
    if ((mask & (1 << r)) === 0) continue;
    const column = columnOf[r] as number;
    const added = column < 0 ? 1 : atMost(group, r, events.rows[row + COLUMNS + column] as number);
    const place = subject * rules.length + r;
    subjects.sums[place] = (subjects.sums[place] as number) + times * added;
  }
}

/** Frees a subject's events that no window with anything still to come can reach. */
function prune(group: Group, subject: number, at: EpochMs): void {
  const { subjects, events, horizonMs } = group;
  const { rows, next, width } = events;
  let newest = at;
  for (let event = subjects.heads[subject] as number; event >= 0; event = next[event] as number) {
    newest = Math.max(newest, rows[event * width + AT] as number);
  }
  let before = -1;
  for (let event = subjects.heads[subject] as number; event >= 0; ) {
    const after = next[event] as number;
    if ((rows[event * width + AT] as number) >= newest - horizonMs) before = event;
    else {
      if (before < 0) subjects.heads[subject] = after;
      else next[before] = after;
      addToSums(group, subject, event * width, -1);
      freeEvent(events, event);
    }
    event = after;
  }
}

function toTallies(group: Group, subject: number): void {
  const { subjects, events, rules, columnOf } = group;
  const { rows, next, width } = events;
  const tallies = rules.map(newTally);
  const head = subjects.heads[subject] as number;
  const rowsOfIt: number[] = [];
  for (let event = head; event >= 0; event = next[event] as number) rowsOfIt.push(event * width);
  // In the order in which they came.
  for (const row of rowsOfIt.reverse()) {
    for (let r = 0; r < rules.length; r++) {
      if (((rows[row + MASK] as number) & (1 << r)) === 0) continue;
      const column = columnOf[r] as number;
      const value = column < 0 ? 1 : (rows[row + COLUMNS + column] as number);
      addToTally(tallies[r] as Tally, rules[r] as CountedRule, rows[row + AT] as number, value);
    }
  }
  freeList(events, head);
  subjects.heads[subject] = TALLIED;
  group.tallies.set(subject, tallies);
}

function tally(group: Group, tallies: readonly Tally[], mask: number, facts: GuardFacts): void {
  for (let r = 0; r < group.rules.length; r++) {
    if ((mask & (1 << r)) === 0) continue;
    addToTally(tallies[r] as Tally, group.rules[r] as CountedRule, facts.at, countedValue(group, r, facts));
  }
}

function forget(group: Group, subject: number): void {
  const { subjects, events, tallies } = group;
  const head = subjects.heads[subject] as number;
  if (head === TALLIED) tallies.delete(subject);
  else freeList(events, head);
  removeSubject(subjects, subject);
}

/** Makes room: of the next few, the one that has been idle longest. */
function forgetIdle(group: Group): void {
  const { subjects } = group;
  let idle = -1;
  for (let i = 0; i < LOOKED_AT_TO_FORGET; i++) {
    const next = nextSubject(subjects);
    if (next >= 0 && (idle < 0 || (subjects.minutes[next] as number) < (subjects.minutes[idle] as number))) idle = next;
  }
  if (idle >= 0) forget(group, idle);
}

/** Forgets subjects of which nothing has come for longer than any window. */
function sweep(group: Group, minute: number): void {
  const oldest = minute - Math.ceil(group.horizonMs / MINUTE_MS);
  for (let i = 0; i < SWEPT_PER_ADD; i++) {
    const subject = nextSubject(group.subjects);
    if (subject < 0) return;
    if ((group.subjects.minutes[subject] as number) < oldest) forget(group, subject);
  }
}
