import { type CompiledProgramme, quantities } from "#domains/program/index.ts";
import type { PartnerId } from "#kernel/ids.ts";
import { invariant } from "#kernel/invariant.ts";
import { type Calendar, type EpochMs, firstDayOf, type Month, monthOf } from "#kernel/time.ts";

/** The time in which turnover or points are counted: months of the calendar, or the last days. */
export type LevelWindow =
  | { readonly kind: "calendar"; readonly months: 1 | 3 | 12 }
  | { readonly kind: "rolling"; readonly days: number };

/** What it takes to have a level. */
export type LevelGoal = {
  readonly level: string;
  readonly rank: number;
  /** Goals with the same key count the same. */
  readonly key: string;
  readonly basis: "spend" | "points";
  /** Kopecks, or hundredths of a point. */
  readonly target: number;
  readonly window: LevelWindow;
  readonly partners: ReadonlySet<PartnerId> | undefined;
};

const MONTHS = { month: 1, quarter: 3, year: 12 } as const;

/** The levels of a programme that can be reached, the lowest first. */
export function levelGoals({ document }: CompiledProgramme): LevelGoal[] {
  return Object.entries(document.levels)
    .flatMap(([level, { rank, reach }]) => {
      if (reach === undefined) return [];
      const { spend, points, within, at } = reach;
      invariant(spend !== undefined || points !== undefined, "a checked level is reached by something");
      return [
        {
          level,
          rank,
          key: `${points === undefined ? "spend" : "points"} ${within} ${JSON.stringify(at ?? null)}`,
          ...(points === undefined
            ? { basis: "spend" as const, target: quantities.moneyKopecks(spend as string) }
            : { basis: "points" as const, target: quantities.pointsCentsOf(points) }),
          window: windowOf(within),
          partners: at === undefined ? undefined : new Set(typeof at === "string" ? [at] : at),
        },
      ];
    })
    .sort((a, b) => a.rank - b.rank);
}

function windowOf(within: string): LevelWindow {
  if (within === "month" || within === "quarter" || within === "year") {
    return { kind: "calendar", months: MONTHS[within] };
  }
  return { kind: "rolling", days: quantities.durationOf(within).count };
}

/** The first month of the calendar period of so many months that a month lies in. */
export function periodStart(month: Month, months: number): Month {
  return month - (month % months);
}

/** The earliest time that anything in or after a month can depend on, for these goals. */
export function earliestOf(goals: readonly LevelGoal[], from: Month, calendar: Calendar): EpochMs {
  const first = firstDayOf(from);
  const days = goals.map(({ window }) =>
    window.kind === "rolling" ? first - window.days : firstDayOf(periodStart(from, window.months) - window.months),
  );
  return calendar.startOf(Math.min(first, ...days));
}

export function monthAt(at: EpochMs, calendar: Calendar): Month {
  return monthOf(calendar.dayOf(at));
}

export function startOfMonth(month: Month, calendar: Calendar): EpochMs {
  return calendar.startOf(firstDayOf(month));
}

/** How many months after it a deed can still matter. */
export function reachOf({ window }: LevelGoal): number {
  return window.kind === "rolling" ? Math.ceil(window.days / 28) + 1 : 2 * window.months;
}
