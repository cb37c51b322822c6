import { invariant } from "#kernel/invariant.ts";
import { type Calendar, createCalendar, monthOf, parseMonth } from "#kernel/time.ts";
import { percentBp } from "../document/quantities.ts";
import type { ProgrammeDocument } from "../document/schema.ts";
import type { CategoryIndex, FavouriteRates, LevelTerms, TraitSlots } from "./compiled.ts";
import { memoByDay } from "./day-memo.ts";

/** Ids in code point order; they are Latin, so JavaScript's own order is that order. */
export function sortedIds(section: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(section).sort();
}

export function indexCategories(document: ProgrammeDocument): CategoryIndex {
  const ids = sortedIds(document.categories);
  const numbers = new Map(ids.map((id, number) => [id, number]));
  const parents = new Int32Array(ids.length).fill(-1);
  const isUnder = new Uint8Array(ids.length * ids.length);
  ids.forEach((id, number) => {
    const parent = document.categories[id]?.parent;
    if (parent !== undefined) parents[number] = numbers.get(parent) ?? -1;
  });
  for (let below = 0; below < ids.length; below++) {
    let above = below;
    for (let steps = 0; above >= 0; steps++) {
      invariant(steps <= ids.length, "categories form a tree");
      isUnder[above * ids.length + below] = 1;
      above = parents[above] as number;
    }
  }
  return { numbers, ids, isUnder, parents };
}

export function indexLevels(document: ProgrammeDocument): Map<string, LevelTerms> {
  const ids = sortedIds(document.levels).sort((a, b) => rankOf(document, a) - rankOf(document, b));
  return new Map(
    ids.map((id, number) => [
      id,
      { id, number, rank: rankOf(document, id), favourites: document.levels[id]?.favourites ?? 0 },
    ]),
  );
}

function rankOf(document: ProgrammeDocument, id: string): number {
  return document.levels[id]?.rank ?? 0;
}

/** Rates by category number: the category's own, else that of the nearest above it, else `none`. */
export function ratesByCategory(
  categories: CategoryIndex,
  percents: Readonly<Record<string, string>>,
  none: number,
): Int32Array {
  return Int32Array.from(categories.ids, (_, number) => {
    for (let at = number; at >= 0; at = categories.parents[at] as number) {
      const percent = percents[categories.ids[at] as string];
      if (percent !== undefined) return percentBp(percent);
    }
    return none;
  });
}

/** Rates of the chosen categories themselves: a favourite counts by the category that the member chose. */
export function indexFavourites(document: ProgrammeDocument, categories: CategoryIndex): FavouriteRates {
  const rates = (offered: Readonly<Record<string, string>>) =>
    Int32Array.from(categories.ids, (id) => (offered[id] === undefined ? 0 : percentBp(offered[id])));
  const months = Object.entries(document.favourites.months ?? {}).map(
    ([month, offered]) => [parseMonth(month) as number, rates(offered)] as const,
  );
  const always = rates(document.favourites.always ?? {});
  const byMonth = new Map(months);
  return memoByDay((day) => byMonth.get(monthOf(day)) ?? always);
}

export type SlotsBuilder = TraitSlots & { slotOf(kind: "subscription" | "boost" | "segment", key: string): number };

/** Hands out numbers to the traits that conditions ask for, as they ask, after those of the levels. */
export function createSlots(levels: number): SlotsBuilder {
  const maps = {
    subscription: new Map<string, number>(),
    boost: new Map<string, number>(),
    segment: new Map<string, number>(),
  };
  let count = levels;
  return {
    ...maps,
    get count() {
      return count;
    },
    slotOf: (kind, key) => {
      const known = maps[kind].get(key);
      if (known !== undefined) return known;
      maps[kind].set(key, count);
      return count++;
    },
  };
}

/** One calendar per zone: each keeps the offsets it has met. */
export function calendarsBy(first: Calendar): (timeZone: string | undefined) => Calendar {
  const known = new Map<string, Calendar>([[first.timeZone, first]]);
  return (timeZone) => {
    if (timeZone === undefined) return first;
    const calendar = known.get(timeZone) ?? createCalendar(timeZone);
    known.set(timeZone, calendar);
    return calendar;
  };
}
