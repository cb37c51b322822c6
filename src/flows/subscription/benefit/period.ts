import { addMonths, type Calendar, type EpochMs } from "#kernel/time.ts";

/** The same time of the day so many months before. */
export function monthsBefore(at: EpochMs, months: number, calendar: Calendar): EpochMs {
  const day = calendar.dayOf(at);
  return calendar.startOf(addMonths(day, -months)) + (at - calendar.startOf(day));
}
