import type { Trait } from "#domains/ledger/index.ts";
import { type CompiledProgramme, quantities } from "#domains/program/index.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import { type EpochMs, firstDayOf, formatMonth, type Month } from "#kernel/time.ts";

export type FavouriteFailure =
  | { readonly code: "favourite-not-offered"; readonly pointer: string; readonly value: string }
  | { readonly code: "too-many-favourites"; readonly allowed: number; readonly chosen: string[] }
  | { readonly code: "favourites-closed"; readonly month: string };

/** A month's list, by category: basis points on its goods. The month's own list replaces the standing one. */
export function offeredIn(programme: CompiledProgramme, month: Month): Map<string, number> {
  const { always, months } = programme.document.favourites;
  const list = months?.[formatMonth(month)] ?? always ?? {};
  return new Map(Object.entries(list).map(([category, percent]) => [category, quantities.percentBp(percent)]));
}

/** How many a member may choose: by the highest of its levels at a time, else the lowest level. */
export function allowedAt(programme: CompiledProgramme, traits: readonly Trait[], at: EpochMs): number {
  const levels = [...programme.levels.values()].sort((a, b) => a.rank - b.rank);
  const held = new Set(traits.filter((trait) => trait.kind === "level" && holdsAt(trait, at)).map(({ key }) => key));
  return (levels.filter(({ id }) => held.has(id)).at(-1) ?? levels[0])?.favourites ?? 0;
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
 * month, so that nobody earns on two categories in turns; places that are left can be filled later.
 */
export function choose(
  programme: CompiledProgramme,
  traits: readonly Trait[],
  month: Month,
  categories: readonly string[],
  now: EpochMs,
): Result<Trait[], FavouriteFailure> {
  const [from, until] = spanOf(programme, month);
  if (now >= until) return err({ code: "favourites-closed", month: formatMonth(month) });
  const offered = offeredIn(programme, month);
  const stranger = categories.findIndex((category) => !offered.has(category));
  if (stranger >= 0) {
    const value = categories[stranger] as string;
    return err({ code: "favourite-not-offered", pointer: `/categories/${stranger}`, value });
  }
  const chosen = new Set(chosenIn(programme, traits, month).map(({ key }) => key));
  const added = [...new Set(categories)].filter((category) => !chosen.has(category));
  const allowed = allowedAt(programme, traits, now);
  if (chosen.size + added.length > allowed) {
    return err({ code: "too-many-favourites", allowed, chosen: [...chosen].sort() });
  }
  return ok(added.map((key) => ({ kind: "favourite", key, fromAt: Math.max(now, from), untilAt: until })));
}

function spanOf({ calendar }: CompiledProgramme, month: Month): readonly [EpochMs, EpochMs] {
  return [calendar.startOf(firstDayOf(month)), calendar.startOf(firstDayOf(month + 1))];
}

function holdsAt({ fromAt, untilAt }: Trait, at: EpochMs): boolean {
  return at >= fromAt && (untilAt === undefined || at < untilAt);
}
