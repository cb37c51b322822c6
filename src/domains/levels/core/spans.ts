import type { Calendar, EpochMs, Month } from "#kernel/time.ts";
import { type LevelGoal, monthAt, reachOf, startOfMonth } from "./goals.ts";
import { type Contribution, createTally, inOrder, type Tally } from "./tally.ts";

/** A member has a level in [fromAt, untilAt). Levels may overlap: the highest counts. */
export type Span = { readonly level: string; readonly fromAt: EpochMs; readonly untilAt: EpochMs };

/** Goals of the programme in force at a time. */
export type GoalsAt = (at: EpochMs) => readonly LevelGoal[];

/**
 * When a member has which level from the beginning of a month on, if nothing more happens: a pure function of the set of
 * contributions (those of the windows that reach into that month, at least).
 *
 * Within a month a level begins at the very receipt that reaches it, and stays to the month's end whatever is returned.
 * A month begins with the level if the calendar period before it reached the goal, or its own did so far (rolling: the
 * last days did), by what was known of returns then. So what is reached in March holds through April, and levels go
 * down only when a month ends.
 */
export function spansFrom(
  from: Month,
  contributions: readonly Contribution[],
  goalsAt: GoalsAt,
  calendar: Calendar,
): Span[] {
  const ordered = inOrder(contributions);
  const last = ordered.at(-1);
  if (last === undefined) return [];
  const tallies = new Map<string, Tally>();
  const tallyOf = (goal: LevelGoal): Tally => {
    const known = tallies.get(goal.key);
    if (known) return known;
    const made = createTally(goal, ordered, calendar);
    tallies.set(goal.key, made);
    return made;
  };
  const spans: Span[] = [];
  const lastMonth = monthAt(last.at, calendar);
  let next = ordered.findIndex(({ at }) => at >= startOfMonth(from, calendar));
  if (next < 0) next = ordered.length;
  for (let month = from; ; month++) {
    const startAt = startOfMonth(month, calendar);
    const endAt = startOfMonth(month + 1, calendar);
    const held = new Set<string>();
    const goals = goalsAt(startAt);
    if (month > lastMonth + Math.max(0, ...goals.map(reachOf))) return joined(spans);
    for (const goal of goals) {
      const { current, previous } = tallyOf(goal).sums(startAt, startAt);
      if (current < goal.target && previous < goal.target) continue;
      held.add(goal.level);
      spans.push({ level: goal.level, fromAt: startAt, untilAt: endAt });
    }
    for (; next < ordered.length && (ordered[next] as Contribution).at < endAt; next++) {
      const { at } = ordered[next] as Contribution;
      // All of one instant counts together, whatever its order.
      if (ordered[next + 1]?.at === at) continue;
      for (const goal of goalsAt(at)) {
        if (tallyOf(goal).sums(at, at + 1).current < goal.target || held.has(goal.level)) continue;
        held.add(goal.level);
        spans.push({ level: goal.level, fromAt: at, untilAt: endAt });
      }
    }
  }
}

/**
 * What was before a contribution stays as it was: only the months from it on are computed anew. The result is that of
 * computing all, whatever the order in which contributions came.
 */
export function continued(known: readonly Span[], from: Month, fresh: readonly Span[], calendar: Calendar): Span[] {
  const startAt = startOfMonth(from, calendar);
  const kept = known
    .filter(({ fromAt }) => fromAt < startAt)
    .map((span) => ({ ...span, untilAt: Math.min(span.untilAt, startAt) }));
  return joined([...kept, ...fresh]);
}

export function isSameSpans(a: readonly Span[], b: readonly Span[]): boolean {
  return a.length === b.length && a.every((span, i) => isSameSpan(span, b[i] as Span));
}

export function isSameSpan(a: Span, b: Span): boolean {
  return a.level === b.level && a.fromAt === b.fromAt && a.untilAt === b.untilAt;
}

/** Sorted by level and time; spans that touch or overlap become one. */
export function joined(spans: readonly Span[]): Span[] {
  const sorted = [...spans].sort((a, b) => compare(a.level, b.level) || a.fromAt - b.fromAt || a.untilAt - b.untilAt);
  const all: Span[] = [];
  for (const span of sorted) {
    const before = all.at(-1);
    if (before?.level !== span.level || before.untilAt < span.fromAt) all.push(span);
    else if (span.untilAt > before.untilAt) all[all.length - 1] = { ...before, untilAt: span.untilAt };
  }
  return all;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
