import type { Trait } from "#domains/ledger/index.ts";
import type { CompiledProgramme, LevelTerms } from "#domains/program/index.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import { type EpochMs, firstDayOf, formatMonth, type Month, monthOf } from "#kernel/time.ts";

/** The last moment on which a month's favourites can be chosen, exclusive: its end, or the midnight after its `chooseBy`. */
export function closesAt(programme: CompiledProgramme, month: Month): EpochMs {
  const by = programme.document.favourites.chooseBy ?? 31;
  return programme.calendar.startOf(Math.min(firstDayOf(month) + by, firstDayOf(month + 1)));
}

export type FavouriteFailure =
  | { readonly code: "favourite-not-offered"; readonly pointer: string; readonly value: string }
  | { readonly code: "too-many-favourites"; readonly allowed: number; readonly chosen: string[] }
  | { readonly code: "favourites-closed"; readonly month: string };

/** What a month's list gives a level, by category: basis points on its goods. Without a level: of a programme that has none. */
export function offeredIn(
  programme: CompiledProgramme,
  month: Month,
  level: LevelTerms | undefined,
): Map<string, number> {
  const rates = programme.favourites(firstDayOf(month)).byLevel[level?.number ?? 0];
  return new Map(
    programme.categories.ids.flatMap((category, number) => {
      const percentBp = rates?.[number] ?? 0;
      return percentBp === 0 ? [] : [[category, percentBp] as const];
    }),
  );
}

/** The highest of the levels that a member has at a time, else the lowest; undefined where the programme has none. */
export function levelAt(programme: CompiledProgramme, traits: readonly Trait[], at: EpochMs): LevelTerms | undefined {
  const levels = [...programme.levels.values()];
  const held = new Set(traits.filter((trait) => trait.kind === "level" && holdsAt(trait, at)).map(({ key }) => key));
  return levels.findLast(({ id }) => held.has(id)) ?? levels[0];
}

/** What a member has chosen for a month. */
export function chosenIn(programme: CompiledProgramme, traits: readonly Trait[], month: Month): Trait[] {
  const [from, until] = spanOf(programme, month);
  return traits.filter(
    ({ kind, fromAt, untilAt }) =>
      kind === "favourite" && fromAt < until && (untilAt ?? Number.POSITIVE_INFINITY) > from && fromAt !== untilAt,
  );
}

/**
 * The traits that a choice adds: from now, or from the month's beginning, to its end. What was chosen stays chosen for the
 * month, so that nobody earns on two categories in turns (this month or the next: what a later one offers is not known yet); places that are left can be filled later.
 */
export function choose(
  programme: CompiledProgramme,
  traits: readonly Trait[],
  month: Month,
  categories: readonly string[],
  now: EpochMs,
): Result<Trait[], FavouriteFailure> {
  const [from, until] = spanOf(programme, month);
  const next = monthOf(programme.calendar.dayOf(now)) + 1;
  if (now >= closesAt(programme, month) || month > next)
    return err({ code: "favourites-closed", month: formatMonth(month) });
  const level = levelAt(programme, traits, Math.max(now, from));
  const offered = offeredIn(programme, month, level);
  const stranger = categories.findIndex((category) => !offered.has(category));
  if (stranger >= 0) {
    const value = categories[stranger] as string;
    return err({ code: "favourite-not-offered", pointer: `/categories/${stranger}`, value });
  }
  const chosen = new Set(chosenIn(programme, traits, month).map(({ key }) => key));
  const added = [...new Set(categories)].filter((category) => !chosen.has(category));
  const allowed = level?.favourites ?? 0;
  if (chosen.size + added.length > allowed) {
    return err({ code: "too-many-favourites", allowed, chosen: [...chosen].sort() });
  }
  return ok(added.map((key) => ({ kind: "favourite", key, fromAt: Math.max(now, from), untilAt: until })));
}

/**
 * What a level that was lost meanwhile no longer allows of months to come: categories that the level below is not offered
 * are dropped, then those with its lowest percentages. A month that has begun keeps what it began with, since levels go down only when a month ends.
 */
export function excessFavourites(programme: CompiledProgramme, traits: readonly Trait[], now: EpochMs): Trait[] {
  const { calendar } = programme;
  const toCome = traits.filter(({ kind, fromAt }) => kind === "favourite" && fromAt > now);
  return [...new Set(toCome.map(({ fromAt }) => fromAt))].flatMap((fromAt) => {
    const month = monthOf(calendar.dayOf(fromAt));
    const level = levelAt(programme, traits, fromAt);
    const offered = offeredIn(programme, month, level);
    const chosen = toCome
      .filter((trait) => trait.fromAt === fromAt)
      .sort((a, b) => (offered.get(b.key) ?? 0) - (offered.get(a.key) ?? 0) || (a.key < b.key ? -1 : 1));
    const isKept = (trait: Trait, place: number) => offered.has(trait.key) && place < (level?.favourites ?? 0);
    return chosen.filter((trait, place) => !isKept(trait, place)).map((trait) => ({ ...trait, untilAt: fromAt }));
  });
}

function spanOf({ calendar }: CompiledProgramme, month: Month): readonly [EpochMs, EpochMs] {
  return [calendar.startOf(firstDayOf(month)), calendar.startOf(firstDayOf(month + 1))];
}

function holdsAt({ fromAt, untilAt }: Trait, at: EpochMs): boolean {
  return at >= fromAt && (untilAt === undefined || at < untilAt);
}
