import { type Day, firstDayOf, monthOf, weekdayOf } from "#kernel/time.ts";
import {
  GROCERY_MONTH_FACTORS,
  HOLIDAY_FACTORS,
  PAYDAY_FACTORS,
  WEEKDAY_BASKETS_BP,
  WEEKDAY_FACTORS,
} from "./assumptions.ts";
import { PARTNERS, type PartnerKind } from "./partners.ts";

/** What a day is like for everybody; made once per day of the city's period, so the hot path reads numbers. */
export type DayFacts = {
  readonly day: Day;
  readonly isWeekend: boolean;
  /** 0 is January. */
  readonly month: number;
  readonly dayOfMonth: number;
  readonly daysInEarlierMonth: number;
  /** 0 is the first of January. */
  readonly dayOfYear: number;
  /** By partner number: visits on this day against the mean day. */
  readonly factors: readonly number[];
};

export function factsOf(day: Day): DayFacts {
  const month = monthOf(day);
  const weekday = weekdayOf(day);
  const dayOfMonth = day - firstDayOf(month) + 1;
  return {
    day,
    isWeekend: weekday > 5,
    month: month % 12,
    dayOfMonth,
    daysInEarlierMonth: firstDayOf(month) - firstDayOf(month - 1),
    dayOfYear: day - firstDayOf(month - (month % 12)),
    factors: PARTNERS.map(({ kind }) => factorOf(kind, weekday, month % 12, dayOfMonth)),
  };
}

function factorOf(kind: PartnerKind, weekday: number, month: number, dayOfMonth: number): number {
  if (kind === "grocer") {
    const holiday = HOLIDAY_FACTORS.find(([m, d]) => m === month + 1 && d === dayOfMonth)?.[2] ?? 1;
    return ((WEEKDAY_BASKETS_BP[weekday - 1] ?? 0) / 10_000) * 7 * (GROCERY_MONTH_FACTORS[month] ?? 1) * holiday;
  }
  return weekdaysOf(kind)[weekday - 1] ?? 1;
}

function weekdaysOf(kind: PartnerKind): readonly number[] {
  if (kind === "tickets" || kind === "fish-delivery") return WEEKDAY_FACTORS.weekendTreat;
  if (kind === "bank" || kind === "insurer") return WEEKDAY_FACTORS.officeHours;
  return WEEKDAY_FACTORS.everyDayAlike;
}

/** Visits against the mean, by days since money came in; a pay-day that the month lacks falls on its last day. */
export function paydayFactor(facts: DayFacts, paydays: readonly [number, number]): number {
  const [early, late] = paydays;
  const day = facts.dayOfMonth;
  const since = day >= late ? day - late : day >= early ? day - early : day + facts.daysInEarlierMonth - late;
  return PAYDAY_FACTORS[Math.max(0, Math.min(since, PAYDAY_FACTORS.length - 1))] ?? 1;
}

/** The facts of every day in [from, to), by `day - from`. */
export function factsBetween(from: Day, to: Day): readonly DayFacts[] {
  return Array.from({ length: to - from }, (_, i) => factsOf(from + i));
}
