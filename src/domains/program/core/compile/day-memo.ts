import type { Day } from "#kernel/time.ts";

/** Days that are kept: receipts come for today, late ones for the days before, imports for a month in any order. */
const KEPT_DAYS = 64;

/**
 * Keeps what follows from a business day alone, for as many days as matter at once: a cache, nothing that pricing
 * depends on. Days that are a multiple of KEPT_DAYS apart push each other out.
 */
export function memoByDay<T>(compute: (day: Day) => T): (day: Day) => T {
  const days = new Float64Array(KEPT_DAYS).fill(Number.NaN);
  const values: T[] = [];
  return (day) => {
    const place = day & (KEPT_DAYS - 1);
    if (days[place] === day) return values[place] as T;
    const value = compute(day);
    days[place] = day;
    values[place] = value;
    return value;
  };
}
