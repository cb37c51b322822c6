import type { VelocityTerms } from "#domains/program/index.ts";
import type { Calendar } from "#kernel/time.ts";
import { createEvents, type Events } from "./events.ts";
import { type GuardFacts, joinKeys, SUBJECT_INDEX } from "./facts.ts";
import { type CountedRule, countedRule } from "./rules.ts";
import { createSubjects, type Subjects } from "./subjects.ts";
import type { Tally } from "./tally.ts";

/** Rules that count the same subjects share what is remembered of them. */
export type Group = {
  /** Places among a fact's keys. */
  readonly of: readonly number[];
  readonly rules: readonly CountedRule[];
  readonly horizonMs: number;
  /** What of a fact is kept for the rules, beside its time: one number a column. */
  readonly columns: readonly Column[];
  /** By rule: its column; -1 for those that count times. */
  readonly columnOf: readonly number[];
  /** Rules as bits: those that count purchases, returns, spends; those of some places or channels only. */
  readonly on: Readonly<Record<VelocityTerms["on"], number>>;
  readonly choosy: number;
  readonly subjects: Subjects;
  readonly events: Events;
  /** By the number of a busy subject: one tally for each rule. */
  readonly tallies: Map<number, readonly Tally[]>;
  /** Room to work in: by rule, its window's begin and end, and what is found in it. */
  readonly scratch: Float64Array;
};

export type Column = "kopecks" | "earnedCents" | "spentCents" | number;

/** Rules of a group are bits of a whole number; more of them make another group. */
const MOST_RULES = 30;

export function groupsOf(all: readonly VelocityTerms[], calendar: Calendar, lateMs: number): Group[] {
  const seen = new Map<string, number>();
  const bySubjects = Map.groupBy(all, ({ of }) => {
    const subjects = of.map((subject) => SUBJECT_INDEX[subject]).join();
    const place = seen.get(subjects) ?? 0;
    seen.set(subjects, place + 1);
    return `${subjects}/${Math.floor(place / MOST_RULES)}`;
  });
  return [...bySubjects.values()].map((rules) => groupOf(rules, calendar, lateMs));
}

function groupOf(terms: readonly VelocityTerms[], calendar: Calendar, lateMs: number): Group {
  const rules = terms.map((each) => countedRule(each, calendar));
  const wanted = rules.map(columnFor);
  const columns = [...new Set(wanted)].filter((column) => column !== undefined);
  const bits = (has: (terms: VelocityTerms) => boolean) =>
    rules.reduce((mask, rule, r) => (has(rule.terms) ? mask | (1 << r) : mask), 0);
  return {
    of: terms[0]?.of.map((subject) => SUBJECT_INDEX[subject]) ?? [],
    rules,
    horizonMs: Math.max(...rules.map(({ windowMs }) => windowMs)) + lateMs,
    columns,
    columnOf: wanted.map((column) => (column === undefined ? -1 : columns.indexOf(column))),
    on: {
      purchase: bits(({ on }) => on === "purchase"),
      return: bits(({ on }) => on === "return"),
      spend: bits(({ on }) => on === "spend"),
    },
    choosy: bits(({ channels, placeMask }) => channels !== undefined || placeMask !== undefined),
    subjects: createSubjects(rules.length),
    events: createEvents(columns.length),
    tallies: new Map(),
    scratch: new Float64Array(3 * rules.length),
  };
}

function columnFor({ terms, distinctAt }: CountedRule): Column | undefined {
  if (distinctAt >= 0) return distinctAt;
  if (terms.measure === "money") return "kopecks";
  if (terms.measure === "points") return terms.on === "spend" ? "spentCents" : "earnedCents";
  return undefined;
}

/** What an event with this value adds to the rule's measure at most: of different ones, one. */
export function atMost({ rules }: Group, rule: number, value: number): number {
  return (rules[rule] as CountedRule).distinctAt >= 0 ? 1 : value;
}

/** One time where the rule counts those; kopecks, hundredths of a point, or the key of what it counts different ones of. */
export function countedValue({ columns, columnOf }: Group, rule: number, facts: GuardFacts): number {
  const column = columnOf[rule] as number;
  return column < 0 ? 1 : columnValue(columns[column] as Column, facts);
}

export function columnValue(column: Column, facts: GuardFacts): number {
  if (typeof column === "number") return facts.keys[column] as number;
  // By name each: a property looked up by a variable is ten times slower.
  if (column === "kopecks") return facts.kopecks;
  return column === "earnedCents" ? facts.earnedCents : facts.spentCents;
}

/** The subject's key; 0 where the request names no such. */
export function keyFor({ of }: Group, { keys }: GuardFacts): number {
  let key = keys[of[0] as number] as number;
  for (let i = 1; i < of.length && key !== 0; i++) {
    const next = keys[of[i] as number] as number;
    key = next === 0 ? 0 : joinKeys(key, next);
  }
  return key;
}

/** Rules that count this. */
export function countedBy(group: Group, facts: GuardFacts, placeOf: (store: string) => number): number {
  const { on } = group;
  const ofKind = facts.kind === "hold" ? 0 : on[facts.kind];
  return fitting(group, ofKind | (facts.spentCents === 0 ? 0 : on.spend), facts, placeOf);
}

/** Rules that a request could break. Returns are counted, and judge the purchases that follow: a return itself is never stopped. */
export function judgedBy(group: Group, counted: number, facts: GuardFacts, placeOf: (store: string) => number): number {
  const { on } = group;
  if (on.return === 0) return counted;
  const after = facts.kind === "purchase" ? fitting(group, on.return, facts, placeOf) : 0;
  return (counted & ~on.return) | after;
}

function fitting(
  { rules, choosy }: Group,
  mask: number,
  facts: GuardFacts,
  placeOf: (store: string) => number,
): number {
  let left = mask & choosy;
  let fit = mask & ~choosy;
  for (let r = 0; left !== 0; r++, left >>>= 1) {
    if ((left & 1) === 0) continue;
    const { channels, placeMask } = (rules[r] as CountedRule).terms;
    if (channels !== undefined && !channels.includes(facts.channel)) continue;
    if (placeMask === undefined || placeMask[placeOf(facts.store)] === 1) fit |= 1 << r;
  }
  return fit;
}
