import { type Day, firstDayOf, lastDayOf, monthOf } from "#kernel/time.ts";
import type { CapPeriod, CapTerms, CapUseKey } from "./compiled.ts";
import { memoByDay } from "./day-memo.ts";

/** 31 December 9999: use that matters for good. */
export const NEVER_DAY: Day = 2_932_896;

/** Keys of budgets; those of members' caps begin with "c:". */
export const BUDGET_PREFIX = "b:";

/** Keys of what may be given in a funder's name: "f:FUNDER". */
export const COVER_PREFIX = "f:";

/** Whether a key's use is counted for everybody together, outside of members' wallets. */
export function isSharedKey(key: string): boolean {
  return !key.startsWith("c:");
}

type Named = {
  readonly id: string;
  readonly per: CapPeriod;
  readonly campaign: CapTerms["campaign"];
  readonly isShared: boolean;
};

/**
 * Names a cap and its period, as `c:daily|20410` or `c:monthly|m24315|kalitka`, and the last day on which its use
 * matters: the period's last, and as many more as a receipt of it may come late. Texts are dear, so those of a day
 * are kept.
 */
export function capKeys(cap: Named, lateWindowDays: number): CapTerms["keyFor"] {
  const ofDay = memoByDay((day) => ({
    key: `${cap.isShared ? BUDGET_PREFIX : "c:"}${cap.id}|${periodName(cap, day)}`,
    untilDay: untilDay(cap, day, lateWindowDays),
    places: new Map<string, CapUseKey>(),
  }));
  return (day, place) => {
    const all = ofDay(day);
    if (place === "") return all;
    const known = all.places.get(place);
    if (known !== undefined) return known;
    const key = { key: `${all.key}|${place}`, untilDay: all.untilDay };
    all.places.set(place, key);
    return key;
  };
}

function weekOf(day: Day): number {
  return Math.floor((day + 3) / 7);
}

function yearOf(day: Day): number {
  return Math.floor(monthOf(day) / 12);
}

function periodName({ per, campaign }: Named, day: Day): string {
  switch (per) {
    case "day":
      return String(day);
    case "week":
      return `w${weekOf(day)}`;
    case "month":
      return `m${monthOf(day)}`;
    case "year":
      return `y${yearOf(day)}`;
    case "campaign":
      return `k${campaign?.id ?? ""}`;
    default:
      return "all";
  }
}

function untilDay({ per, campaign }: Named, day: Day, late: number): Day {
  switch (per) {
    case "week":
      return (weekOf(day) + 1) * 7 - 4 + late;
    case "month":
      return lastDayOf(monthOf(day)) + late;
    case "year":
      return firstDayOf((yearOf(day) + 1) * 12) - 1 + late;
    case "campaign":
      return (campaign?.lastDay ?? day) + late;
    case "member":
      return NEVER_DAY;
    default:
      return day + late;
  }
}
