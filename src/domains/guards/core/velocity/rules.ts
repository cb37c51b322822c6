import type { VelocityTerms } from "#domains/program/index.ts";
import { invariant } from "#kernel/invariant.ts";
import {
  addMonths,
  type Calendar,
  DAY_MS,
  type EpochMs,
  firstDayOf,
  HOUR_MS,
  monthOf,
  weekdayOf,
} from "#kernel/time.ts";
import { SUBJECT_INDEX } from "./facts.ts";

/** A sliding window moves in steps of this part of it where a subject is busy: it counts at least the window. */
export const SLICES = 32;

export type Range = { readonly from: EpochMs; readonly until: EpochMs };

/** A rule with where its windows lie. */
export type CountedRule = {
  readonly terms: VelocityTerms;
  /** Place of what is counted once each among a fact's keys; -1 unless the rule counts different ones. */
  readonly distinctAt: number;
  /** The calendar's period around a time; undefined for a sliding window. */
  readonly periodOf: ((at: EpochMs) => Range) | undefined;
  readonly windowMs: number;
};

const LONGEST_PERIOD_DAYS = { day: 1, week: 7, month: 31 } as const;

export function countedRule(terms: VelocityTerms, calendar: Calendar): CountedRule {
  const { per, windowMs, distinct } = terms;
  const distinctAt = distinct === undefined ? -1 : SUBJECT_INDEX[distinct];
  if (per === undefined) {
    invariant(windowMs !== undefined, `velocity rule ${terms.id} has a window`);
    return { terms, distinctAt, periodOf: undefined, windowMs };
  }
  // An hour more for days on which clocks are put back.
  const longest = LONGEST_PERIOD_DAYS[per] * DAY_MS + HOUR_MS;
  return { terms, distinctAt, periodOf: periods(per, calendar), windowMs: longest };
}

/** What may share a window with `at`: from the first on, before the second. */
export function around({ periodOf, windowMs }: CountedRule, at: EpochMs): Range {
  return periodOf?.(at) ?? { from: at - windowMs + 1, until: at + windowMs };
}

/** The last period asked for answers nearly all questions. */
function periods(per: "day" | "week" | "month", calendar: Calendar): (at: EpochMs) => Range {
  let last: Range = { from: 0, until: 0 };
  return (at) => {
    if (at < last.from || at >= last.until) {
      const day = calendar.dayOf(at);
      const first = per === "day" ? day : per === "week" ? day - ((weekdayOf(day) + 6) % 7) : firstDayOf(monthOf(day));
      const next = per === "day" ? first + 1 : per === "week" ? first + 7 : addMonths(first, 1);
      last = { from: calendar.startOf(first), until: calendar.startOf(next) };
    }
    return last;
  };
}
