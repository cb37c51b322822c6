import { quantities } from "#domains/program/index.ts";
import { addMonths, type Calendar, type EpochMs } from "#kernel/time.ts";

/** The midnight that ends the last day: so many days or months after the day of `at`. */
export function endOfDuration(at: EpochMs, duration: string, calendar: Calendar): EpochMs {
  const { unit, count } = quantities.durationOf(duration);
  const day = calendar.dayOf(at);
  return calendar.startOf((unit === "month" ? addMonths(day, count) : day + count) + 1);
}
