import { invariant } from "#kernel/invariant.ts";
import {
  addMonths,
  type Calendar,
  DAY_MS,
  type Day,
  type EpochMs,
  firstDayOf,
  lastDayOf,
  monthOf,
} from "#kernel/time.ts";
import { durationOf, fixedMs } from "../document/quantities.ts";
import type { ProgrammeDocument } from "../document/schema.ts";
import type { LotTerms, LotTimes } from "./compiled.ts";
import { memoByDay } from "./day-memo.ts";

type Activation = ProgrammeDocument["lots"]["activation"];
type Expiry = ProgrammeDocument["lots"]["expiry"];

/**
 * When points of an operation can be spent and when they end. Activation: none, exact hours, or days, which begin at
 * the midnight of that day. Expiry: the midnight that ends its last day, exclusive.
 * Where both follow from the business day alone, the answers of the last days are kept.
 */
export function compileLot(number: number, activation: Activation, expiry: Expiry, calendar: Calendar): LotTerms {
  const availableOf = compileActivation(activation, calendar);
  const lastDayFrom = compileExpiry(expiry);
  const fromPurchase = expiry !== "never" && expiry.from === "purchase";
  const compute = (at: EpochMs): LotTimes => {
    const availableAt = availableOf(at);
    if (!lastDayFrom) return { availableAt, expiresAt: undefined };
    const lastDay = lastDayFrom(calendar.dayOf(fromPurchase ? at : availableAt));
    return { availableAt, expiresAt: calendar.startOf(lastDay + 1) };
  };
  if (!isByDay(activation)) return { number, times: compute, timesOn: compute };
  const ofDay = memoByDay((day) => compute(calendar.startOf(day)));
  return { number, times: (at) => ofDay(calendar.dayOf(at)), timesOn: (_, day) => ofDay(day) };
}

function isByDay(activation: Activation): boolean {
  if (activation === "none") return false;
  const { count, unit } = durationOf(activation);
  return count > 0 && unit !== "minute" && unit !== "hour";
}

function compileActivation(activation: Activation, calendar: Calendar): (at: EpochMs) => EpochMs {
  if (activation === "none") return (at) => at;
  const { count, unit } = durationOf(activation);
  if (count === 0) return (at) => at;
  if (unit === "month" || unit === "year") {
    const months = unit === "month" ? count : count * 12;
    return (at) => calendar.startOf(addMonths(calendar.dayOf(at), months));
  }
  if (unit === "day") return (at) => calendar.startOf(calendar.dayOf(at) + count);
  const ms = fixedMs({ count, unit });
  invariant(ms !== undefined && ms < 2 * 365 * DAY_MS, "a length in hours is fixed");
  return (at) => at + ms;
}

/** The last day on which points can be spent, from the day that counts. */
function compileExpiry(expiry: Expiry): ((from: Day) => Day) | undefined {
  if (expiry === "never") return undefined;
  if (expiry.after !== undefined) {
    const { count, unit } = durationOf(expiry.after);
    invariant(unit === "day" || unit === "month" || unit === "year", "an expiry is in days, months or years");
    if (unit === "day") return (from) => from + count;
    const months = unit === "month" ? count : count * 12;
    return (from) => addMonths(from, months);
  }
  const plus = expiry.plus === undefined ? { count: 0, unit: "month" } : durationOf(expiry.plus);
  const months = plus.unit === "year" ? plus.count * 12 : plus.count;
  if (expiry.endOf === "month") return (from) => lastDayOf(monthOf(from) + months);
  return (from) => {
    const month = monthOf(from) + months;
    return firstDayOf(month - (month % 12) + 12) - 1;
  };
}
