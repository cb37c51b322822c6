import { type CompiledProgramme, canonicalJson, type ProgrammeDocument } from "#domains/program/index.ts";
import type { PartnerId } from "#kernel/ids.ts";
import type { Change } from "./change.ts";

/** Sections in which a partner may ask about what is its own. */
const PARTS = ["caps", "campaigns", "boosts", "funderSplits"] as const;

type Rule = ProgrammeDocument["rules"][string];

/** What of a change concerns others than this partner; a whole programme concerns everybody. */
export function foreignIn(change: Change, latest: CompiledProgramme, partner: PartnerId): string[] {
  if (change.kind === "whole") return ["/"];
  return foreignPaths(latest.document, change.latest.document, partner);
}

/**
 * What of a change concerns others than this partner, as paths. Its own are rules that hold on its receipts alone, and caps,
 * campaigns, boosts and splits that no other rule uses. Else a rule that pays a hundredth on somebody else's receipts would
 * tell their turnover.
 */
export function foreignPaths(before: ProgrammeDocument, after: ProgrammeDocument, partner: PartnerId): string[] {
  const paths: string[] = [];
  const sections = new Set([...Object.keys(before), ...Object.keys(after)]);
  const usedByOthers = new Set([...namesOfOthers(before, partner), ...namesOfOthers(after, partner)]);
  for (const section of sections) {
    const [was, would] = [before, after].map((document) => treeOf(document, section));
    if (isSame(was, would)) continue;
    if (section !== "rules" && !PARTS.some((part) => part === section)) {
      paths.push(`/${section}`);
      continue;
    }
    for (const id of new Set([...Object.keys(was ?? {}), ...Object.keys(would ?? {})])) {
      const [old, now] = [was?.[id], would?.[id]];
      if (isSame(old, now)) continue;
      const isOwn =
        section === "rules"
          ? [old, now].every((rule) => rule === undefined || isOwnRule(rule as Rule, before, partner))
          : !usedByOthers.has(`${section}/${id}`) && ![old, now].some(takesAll);
      if (!isOwn) paths.push(`/${section}/${id}`);
    }
  }
  return paths;
}

/** Caps whose use is by the partner's own rules alone. */
export function ownCapsOf(document: ProgrammeDocument, partner: PartnerId): ReadonlySet<string> {
  const others = namesOfOthers(document, partner);
  const own = Object.keys(document.caps).filter((id) => !others.has(`caps/${id}`) && !takesAll(document.caps[id]));
  return new Set(own);
}

function isSame(a: unknown, b: unknown): boolean {
  return canonicalJson([a ?? null]) === canonicalJson([b ?? null]);
}

function treeOf(document: ProgrammeDocument, section: string): Readonly<Record<string, unknown>> | undefined {
  return (document as unknown as Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>)[section];
}

/** Whether it holds at the partner's places alone: all that a rule says of where must hold, so one of them is enough. */
function isOwnRule({ when }: Rule, { brands, stores }: ProgrammeDocument, partner: PartnerId): boolean {
  const brandIs = (brand: string | undefined) => brand !== undefined && brands[brand]?.partner === partner;
  const all = (places: string | readonly string[] | undefined, isOwn: (place: string) => boolean) => {
    const listed = places === undefined ? [] : typeof places === "string" ? [places] : places;
    return listed.length > 0 && listed.every(isOwn);
  };
  return (
    all(when?.partner, (place) => place === partner) ||
    all(when?.brand, brandIs) ||
    all(when?.store, (store) => brandIs(stores[store]?.brand))
  );
}

/** `caps/ID`, `boosts/ID` and so on that rules of others name: every text in them, since an id is named in several places. */
function namesOfOthers(document: ProgrammeDocument, partner: PartnerId): Set<string> {
  const names = new Set<string>();
  const walk = (value: unknown): void => {
    if (typeof value === "string") for (const part of PARTS) names.add(`${part}/${value}`);
    else if (typeof value === "object" && value !== null) Object.values(value).forEach(walk);
  };
  for (const rule of Object.values(document.rules)) if (!isOwnRule(rule, document, partner)) walk(rule);
  return names;
}

function takesAll(entry: unknown): boolean {
  return typeof entry === "object" && entry !== null && (entry as { appliesTo?: unknown }).appliesTo !== undefined;
}
