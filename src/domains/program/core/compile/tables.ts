import { invariant } from "#kernel/invariant.ts";
import { type Calendar, createCalendar, type Day, monthOf, parseMonth } from "#kernel/time.ts";
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

/**
 * Rates of the chosen categories themselves: a favourite counts by the category that the member chose. `levels` are ids
 * from the lowest on.
 */
export function indexFavourites(
  document: ProgrammeDocument,
  categories: CategoryIndex,
  levels: readonly string[],
): (day: Day) => FavouriteRates {
  const { months = {}, always = {} } = document.favourites;
  const byMonth = new Map(
    Object.entries(months).map(([month, list]) => [
      parseMonth(month) as number,
      offeredRates(list, categories, levels),
    ]),
  );
  const usual = offeredRates(always, categories, levels);
  return memoByDay((day) => byMonth.get(monthOf(day)) ?? usual);
}

type Offered = NonNullable<ProgrammeDocument["favourites"]["always"]>;

/** From the lowest level on: what a level does not say is as the one below has it. */
function offeredRates(list: Offered, categories: CategoryIndex, levels: readonly string[]): FavouriteRates {
  const rates = new Int32Array(categories.ids.length);
  const byLevel = (levels.length === 0 ? [""] : levels).map((level) => {
    categories.ids.forEach((id, number) => {
      const percent = list[id];
      const own = typeof percent === "object" ? percent[level] : percent;
      if (own !== undefined) rates[number] = percentBp(own);
    });
    return rates.slice();
  });
  const varies = Uint8Array.from(rates, (rate, number) => (byLevel.some((each) => each[number] !== rate) ? 1 : 0));
  return { byLevel, varies, levels };
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
