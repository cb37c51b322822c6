import type { ProgrammeDocument } from "#domains/program/index.ts";
import type { Fault, Path } from "#platform/yaml/faults.ts";
import { suggest } from "#platform/yaml/suggest.ts";

/** Where names are looked up, and where faults are told. */
export type Names = { readonly programme: ProgrammeDocument; readonly faults: Fault[] };

/** A fault unless `value` is one of `among`; `what` is "a partner", "a level". */
export function oneOf(
  names: Names,
  path: Path,
  value: string,
  among: Readonly<Record<string, unknown>>,
  what: string,
): void {
  if (!Object.hasOwn(among, value)) unknown(names, path, value, Object.keys(among), what);
}

export function unknown(names: Names, path: Path, value: string, known: readonly string[], what: string): void {
  const near = suggest(value, known);
  const fault = { kind: "meaning", path, message: `expected ${what} of this programme, got "${value}"` } as const;
  names.faults.push(near === undefined ? fault : { ...fault, didYouMean: near });
}

type Places = {
  readonly at?: string | readonly string[] | undefined;
  readonly category?: string | readonly string[] | undefined;
  readonly exceptCategory?: string | readonly string[] | undefined;
};

/** Partners and categories of receipts and of rewards. */
export function checkPlaces(names: Names, path: Path, where: Places): void {
  const { programme } = names;
  for (const each of list(where.at)) oneOf(names, [...path, "at"], each, programme.partners, "a partner");
  for (const each of list(where.category)) {
    oneOf(names, [...path, "category"], each, programme.categories, "a category");
  }
  for (const each of list(where.exceptCategory)) {
    oneOf(names, [...path, "exceptCategory"], each, programme.categories, "a category");
  }
}

/** Who pays: partners of the programme that may. */
export function checkFunders(names: Names, path: Path, funders: Readonly<Record<string, number>>): void {
  const { programme, faults } = names;
  for (const funder of Object.keys(funders)) {
    const at = [...path, funder];
    oneOf(names, at, funder, programme.partners, "a partner");
    if (programme.partners[funder]?.canFund === false) {
      faults.push({ kind: "meaning", path: at, message: `${funder} may not fund points` });
    }
  }
}

export function list<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}
