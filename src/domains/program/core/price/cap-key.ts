import { type Day, firstDayOf, lastDayOf, monthOf } from "#kernel/time.ts";
import type { CapTerms } from "../compile/compiled.ts";
import type { Scratch } from "./scratch.ts";

/** 31 December 9999: use that matters for good. */
export const NEVER_DAY = 2_932_896;

export type CapUseKey = { readonly key: string; readonly untilDay: Day };

/**
 * Names a cap and its period, as `c:daily|20410` or `c:monthly|m24315|kalitka`, and the last day on which its use
 * matters: the period's last, and as many more as a receipt of it may come late. Keys are kept with the cap while the
 * day lasts, since texts are dear and the day changes once in many receipts.
 */
export function capUseKey(cap: CapTerms, s: Scratch): CapUseKey {
  const { keyMemo } = cap;
  if (keyMemo.day !== s.day) {
    keyMemo.day = s.day;
    keyMemo.keys.clear();
  }
  const place = placeOf(cap, s);
  const known = keyMemo.keys.get(place);
  if (known !== undefined) return known;
  const period = periodName(cap, s.day);
  const key = { key: `c:${cap.id}|${period}${place === "" ? "" : `|${place}`}`, untilDay: untilDay(cap, s) };
  keyMemo.keys.set(place, key);
  return key;
}

function placeOf(cap: CapTerms, s: Scratch): string {
  if (cap.countedBy === undefined) return "";
  if (cap.countedBy === "partner") return s.receipt.partner;
  return cap.countedBy === "brand" ? s.store.brand : s.store.id;
}

function weekOf(day: Day): number {
  return Math.floor((day + 3) / 7);
}

function yearOf(day: Day): number {
  return Math.floor(monthOf(day) / 12);
}

function periodName(cap: CapTerms, day: Day): string {
  switch (cap.per) {
    case "day":
      return String(day);
    case "week":
      return `w${weekOf(day)}`;
    case "month":
      return `m${monthOf(day)}`;
    case "year":
      return `y${yearOf(day)}`;
    case "campaign":
      return `k${cap.campaign?.id ?? ""}`;
    default:
      return "all";
  }
}

function untilDay(cap: CapTerms, s: Scratch): Day {
  const late = s.programme.policies.lateWindowDays;
  switch (cap.per) {
    case "week":
      return (weekOf(s.day) + 1) * 7 - 4 + late;
    case "month":
      return lastDayOf(monthOf(s.day)) + late;
    case "year":
      return firstDayOf((yearOf(s.day) + 1) * 12) - 1 + late;
    case "campaign":
      return (cap.campaign?.lastDay ?? s.day) + late;
    case "member":
      return NEVER_DAY;
    default:
      return s.day + late;
  }
}
