import { type Calendar, type Day, type EpochMs, firstDayOf, monthOf } from "#kernel/time.ts";
import { weekOf } from "../leaderboard/score.ts";
import type { DrawTerms } from "../terms.ts";

/** Named by its first day; [startsAt, endsAt). */
export type DrawPeriod = { readonly period: Day; readonly startsAt: EpochMs; readonly endsAt: EpochMs };

/** The period that a time falls into, within the game's own days. */
export function periodAt(
  every: DrawTerms["every"],
  whole: { readonly fromAt: EpochMs; readonly untilAt: EpochMs },
  at: EpochMs,
  calendar: Calendar,
): DrawPeriod | undefined {
  if (at < whole.fromAt || at >= whole.untilAt) return undefined;
  const day = calendar.dayOf(at);
  const [first, next] = boundsOf(every, day, whole, calendar);
  return {
    period: Math.max(first, calendar.dayOf(whole.fromAt)),
    startsAt: Math.max(calendar.startOf(first), whole.fromAt),
    endsAt: Math.min(calendar.startOf(next), whole.untilAt),
  };
}

function boundsOf(
  every: DrawTerms["every"],
  day: Day,
  whole: { readonly fromAt: EpochMs; readonly untilAt: EpochMs },
  calendar: Calendar,
): readonly [Day, Day] {
  switch (every) {
    case "day":
      return [day, day + 1];
    case "week":
      return [weekOf(day), weekOf(day) + 7];
    case "month":
      return [firstDayOf(monthOf(day)), firstDayOf(monthOf(day) + 1)];
    case "game":
      return [calendar.dayOf(whole.fromAt), calendar.dayOf(whole.untilAt - 1) + 1];
  }
}

/** How many periods a game has at most: its prize budget is so many times that of one. */
export function countPeriods(
  every: DrawTerms["every"],
  whole: { readonly fromAt: EpochMs; readonly untilAt: EpochMs },
  calendar: Calendar,
): number {
  let count = 0;
  for (let at = whole.fromAt; at < whole.untilAt; count++) {
    const period = periodAt(every, whole, at, calendar);
    if (period === undefined) break;
    at = period.endsAt;
  }
  return count;
}

/** Rights to draw: contributions that still stand, without those that were used. */
export type DrawRight = { readonly source: string; readonly at: EpochMs };

/** A day's own right is named by the day. */
export function dailyRight(day: Day): string {
  return `d:${day}`;
}
