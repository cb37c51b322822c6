import { invariant } from "./invariant.ts";

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number;
/** A calendar day as a count of days since 1970-01-01; `formatDay` shows it as YYYY-MM-DD. */
export type Day = number;
/** A calendar month as `year × 12 + (month - 1)`; `formatMonth` shows it as YYYY-MM. */
export type Month = number;

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** Offsets of all zones since 1900 change on quarters of an hour, so one quarter has one offset. */
const QUARTER_MS = 15 * MINUTE_MS;

/** Business days of one time zone. A day begins at local midnight; an expiry is the next midnight, exclusive. */
export type Calendar = {
  readonly timeZone: string;
  dayOf(at: EpochMs): Day;
  /** The instant at which `day` begins. */
  startOf(day: Day): EpochMs;
  /** Minutes since local midnight, 0..1439. */
  minuteOfDay(at: EpochMs): number;
};

export function createCalendar(timeZone: string): Calendar {
  const format = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
  const offsets = new Map<number, number>();
  let lastQuarter = Number.NaN;
  let lastOffset = 0;

  const offsetAt = (at: EpochMs): number => {
    const quarter = Math.floor(at / QUARTER_MS);
    if (quarter === lastQuarter) return lastOffset;
    let offset = offsets.get(quarter);
    if (offset === undefined) {
      offset = readOffset(format, at);
      if (offsets.size > 100_000) offsets.clear();
      offsets.set(quarter, offset);
    }
    lastQuarter = quarter;
    lastOffset = offset;
    return offset;
  };

  return {
    timeZone,
    dayOf: (at) => Math.floor((at + offsetAt(at)) / DAY_MS),
    startOf: (day) => {
      const guess = day * DAY_MS - offsetAt(day * DAY_MS);
      return day * DAY_MS - offsetAt(guess);
    },
    minuteOfDay: (at) => {
      const local = at + offsetAt(at);
      return Math.floor((local - Math.floor(local / DAY_MS) * DAY_MS) / MINUTE_MS);
    },
  };
}

function readOffset(format: Intl.DateTimeFormat, at: EpochMs): number {
  const name = format.formatToParts(at).find((part) => part.type === "timeZoneName")?.value ?? "GMT";
  const match = /^GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(name);
  invariant(match, `unreadable offset ${name}`);
  if (!match[1]) return 0;
  const size = Number(match[2]) * HOUR_MS + Number(match[3]) * MINUTE_MS + Number(match[4] ?? 0) * SECOND_MS;
  return match[1] === "-" ? -size : size;
}

export function formatDay(day: Day): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** Reads YYYY-MM-DD; undefined when it is not a day of the calendar. */
export function parseDay(text: string): Day | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const ms = Date.parse(`${text}T00:00:00Z`);
  if (Number.isNaN(ms)) return undefined;
  // 30 February is read as 2 March: then the day of the month differs. Comparing it costs a tenth of formatting.
  return new Date(ms).getUTCDate() === Number(text.slice(8)) ? ms / DAY_MS : undefined;
}

/** 1 is Monday, 7 is Sunday (ISO 8601). */
export function weekdayOf(day: Day): number {
  return ((((day + 3) % 7) + 7) % 7) + 1;
}

export function monthOf(day: Day): Month {
  const date = new Date(day * DAY_MS);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

export function firstDayOf(month: Month): Day {
  return Date.UTC(Math.floor(month / 12), month % 12, 1) / DAY_MS;
}

export function lastDayOf(month: Month): Day {
  return firstDayOf(month + 1) - 1;
}

export function formatMonth(month: Month): string {
  return `${String(Math.floor(month / 12)).padStart(4, "0")}-${String((month % 12) + 1).padStart(2, "0")}`;
}

/** Reads YYYY-MM; undefined when it is not a month. */
export function parseMonth(text: string): Month | undefined {
  const match = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(text);
  return match ? Number(match[1]) * 12 + Number(match[2]) - 1 : undefined;
}

/** The same day of a later month, or that month's last day when it has none (31 January + 1 month is 28 February). */
export function addMonths(day: Day, months: number): Day {
  const month = monthOf(day);
  const dayOfMonth = day - firstDayOf(month);
  return Math.min(firstDayOf(month + months) + dayOfMonth, lastDayOf(month + months));
}

const RFC_3339 = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

/** Reads an RFC 3339 time with an offset; undefined when it is malformed or names no real moment (leap seconds too). */
export function parseInstant(text: string): EpochMs | undefined {
  const match = RFC_3339.exec(text);
  if (!match || parseDay(text.slice(0, 10)) === undefined) return undefined;
  if (Number(match[4]) > 23 || Number(match[5]) > 59 || Number(match[6]) > 59) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : Math.floor(ms);
}

export function formatInstant(at: EpochMs): string {
  return new Date(at).toISOString();
}
