import { invariant } from "#kernel/invariant.ts";
import type { BasisPoints, Kopecks, PointsCents } from "#kernel/money.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "#kernel/time.ts";

/**
 * Quantities of a programme file are written as people say them, with the unit: `5%`, `300 RUB`, `200 points`, `10x`,
 * `14 days`. They are read as text, digit by digit, so no amount is ever a float.
 */
export type QuantityKind =
  | "percent"
  | "money"
  | "points"
  | "times"
  | "multiplier"
  | "duration"
  | "hours"
  | "day"
  | "distinct";

const DECIMAL = "(?:0|[1-9]\\d{0,9})(?:\\.\\d{1,2})?";

export const QUANTITIES: Record<QuantityKind, { readonly pattern: string; readonly expected: string }> = {
  percent: { pattern: `^${DECIMAL} ?%$`, expected: "a percentage such as 5% or 0.5%" },
  money: { pattern: `^${DECIMAL} ?RUB$`, expected: "an amount such as 300 RUB or 99.90 RUB" },
  points: { pattern: `^${DECIMAL} ?points?$`, expected: "points such as 200 points or 0.50 points" },
  times: { pattern: "^[1-9]\\d{0,5} ?times?$", expected: "a number of times such as 3 times" },
  multiplier: { pattern: `^${DECIMAL} ?x$`, expected: "a multiplier such as 10x or 1.5x" },
  duration: {
    pattern: "^(?:0|[1-9]\\d{0,4}) ?(?:minutes?|hours?|days?|months?|years?)$",
    expected: "a length of time such as 10 minutes, 14 days or 6 months",
  },
  hours: {
    pattern: "^(?:[01]\\d|2[0-3]):[0-5]\\d ?- ?(?:(?:[01]\\d|2[0-3]):[0-5]\\d|24:00)$",
    expected: "hours such as 08:00-12:00",
  },
  day: { pattern: "^\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])$", expected: "a day such as 2026-03-31" },
  distinct: {
    pattern: "^[1-9]\\d{0,3} ?(?:members?|cards?|payment-cards?|devices?|cashiers?|stores?|tills?|partners?)$",
    expected: "a number of different members, cards, payment-cards, devices, cashiers, stores, tills or partners",
  },
};

const PATTERNS = Object.fromEntries(
  Object.entries(QUANTITIES).map(([kind, each]) => [kind, new RegExp(each.pattern)]),
) as Record<QuantityKind, RegExp>;

export function isQuantity(kind: QuantityKind, text: string): boolean {
  return PATTERNS[kind].test(text);
}

/** Basis points of `5%`: 500. */
export function percentBp(text: string): BasisPoints {
  return hundredths("percent", text);
}

/** Kopecks of `300 RUB`: 30,000. */
export function moneyKopecks(text: string): Kopecks {
  return hundredths("money", text);
}

/** Hundredths of a point of `200 points`: 20,000. */
export function pointsCentsOf(text: string): PointsCents {
  return hundredths("points", text);
}

/** Basis points of `10x`: 100,000, the whole being 10,000. */
export function multiplierBp(text: string): BasisPoints {
  return hundredths("multiplier", text) * 100;
}

export function timesOf(text: string): number {
  invariant(isQuantity("times", text), `not a number of times: ${text}`);
  return Number.parseInt(text, 10);
}

/** `10 members`: ten, of members. */
export function distinctOf(text: string): { readonly count: number; readonly of: string } {
  const match = /^(\d+) ?([a-z-]+?)s?$/.exec(text);
  invariant(match && isQuantity("distinct", text), `not a number of different ones: ${text}`);
  return { count: Number(match[1]), of: match[2] as string };
}

export type Duration = { readonly count: number; readonly unit: "minute" | "hour" | "day" | "month" | "year" };

export function durationOf(text: string): Duration {
  const match = /^(\d+) ?([a-z]+?)s?$/.exec(text);
  invariant(match && isQuantity("duration", text), `not a length of time: ${text}`);
  return { count: Number(match[1]), unit: match[2] as Duration["unit"] };
}

/** Milliseconds of a length that does not depend on the calendar: minutes, hours, days of 24 hours. */
export function fixedMs(duration: Duration): number | undefined {
  if (duration.unit === "minute") return duration.count * MINUTE_MS;
  if (duration.unit === "hour") return duration.count * HOUR_MS;
  return duration.unit === "day" ? duration.count * DAY_MS : undefined;
}

/** Minutes since midnight of `08:00-12:00`: [480, 720). The end may lie before the start: `22:00-06:00` wraps. */
export function hoursOf(text: string): { readonly fromMinute: number; readonly untilMinute: number } {
  invariant(isQuantity("hours", text), `not hours: ${text}`);
  const [from, until] = text.split("-").map((part) => part.trim()) as [string, string];
  return { fromMinute: minuteOf(from), untilMinute: minuteOf(until) };
}

/** One spelling for equal quantities (`5.00 %` and `5%`), so that a plan shows only what changes. */
export function canonicalQuantity(kind: QuantityKind, text: string): string {
  switch (kind) {
    case "percent":
      return `${formatHundredths(percentBp(text))}%`;
    case "money":
      return `${formatHundredths(moneyKopecks(text))} RUB`;
    case "points":
      return `${formatHundredths(pointsCentsOf(text))} ${pointsCentsOf(text) === 100 ? "point" : "points"}`;
    case "multiplier":
      return `${formatHundredths(hundredths("multiplier", text))}x`;
    case "times":
      return `${timesOf(text)} ${timesOf(text) === 1 ? "time" : "times"}`;
    case "duration": {
      const { count, unit } = durationOf(text);
      return `${count} ${unit}${count === 1 ? "" : "s"}`;
    }
    case "distinct": {
      const { count, of } = distinctOf(text);
      return `${count} ${of}${count === 1 ? "" : "s"}`;
    }
    case "hours":
      return text.replaceAll(" ", "");
    case "day":
      return text;
  }
}

/** `1234` as `12.34`, `1200` as `12`. */
export function formatHundredths(value: number): string {
  const rest = value % 100;
  const whole = String((value - rest) / 100);
  return rest === 0 ? whole : `${whole}.${String(rest).padStart(2, "0").replace(/0$/, "")}`;
}

function hundredths(kind: QuantityKind, text: string): number {
  invariant(isQuantity(kind, text), `expected ${QUANTITIES[kind].expected}, got ${text}`);
  const [whole = "", fraction = ""] = (/^[\d.]+/.exec(text)?.[0] ?? "").split(".");
  return Number(whole) * 100 + Number(fraction.padEnd(2, "0"));
}

function minuteOf(text: string): number {
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
}
