import { DEFAULTS } from "../document/defaults.ts";
import type { ProgrammeDocument } from "../document/schema.ts";
import { textOf } from "../document/shorthand.ts";
import { riskOf } from "./risks.ts";

/** One thing that a new version of the programme changes. */
export type Change = {
  readonly kind: "added" | "changed" | "removed";
  /** Where in the document: `rules/base/earn`. */
  readonly path: string;
  readonly from?: unknown;
  readonly to?: unknown;
  /** What the change means beyond itself, when it is easily overlooked. */
  readonly risk?: string;
};

/** Sections that hold things by id: a whole new or removed thing is one change. */
const SECTIONS = [
  ...(["partners", "brands", "stores", "categories", "levels", "subscriptions", "boosts", "campaigns"] as const),
  ...(["funderSplits", "stacking", "caps", "rules", "spending", "velocity", "fees"] as const),
];

/** What version `b` changes in version `a`, section by section; without an `a`, all of `b` is added. */
export function diffProgrammes(a: ProgrammeDocument | undefined, b: ProgrammeDocument): Change[] {
  const sections = new Set<string>(SECTIONS);
  const single = Object.keys({ ...a, ...b }).filter((key) => !sections.has(key)) as (keyof ProgrammeDocument)[];
  const changes = [
    ...single.flatMap((key) => diffValues(key, a?.[key] ?? unsaid(key), b[key])),
    ...SECTIONS.flatMap((section) => diffSection(section, a?.[section] ?? {}, b[section])),
  ];
  return changes.map((change) => {
    const risk = a && riskOf(change, a, b);
    return risk === undefined ? change : { ...change, risk };
  });
}

/** What a first version that does not say otherwise has anyway. */
function unsaid(key: keyof ProgrammeDocument): unknown {
  if (key === "favourites") return {};
  return key in DEFAULTS ? DEFAULTS[key as keyof typeof DEFAULTS] : undefined;
}

type Entries = Readonly<Record<string, unknown>>;

function diffSection(section: string, a: Entries, b: Entries): Change[] {
  return keysOf(a, b).flatMap((id) => diffValues(`${section}/${id}`, a[id], b[id]));
}

/** Changes of a value: key by key where both sides have keys, else as a whole. */
function diffValues(path: string, a: unknown, b: unknown): Change[] {
  if (a === undefined && b === undefined) return [];
  if (a === undefined) return [{ kind: "added", path, to: b }];
  if (b === undefined) return [{ kind: "removed", path, from: a }];
  if (isEntries(a) && isEntries(b)) {
    return keysOf(a, b).flatMap((key) => diffValues(`${path}/${key}`, a[key], b[key]));
  }
  return JSON.stringify(a) === JSON.stringify(b) ? [] : [{ kind: "changed", path, from: a, to: b }];
}

function keysOf(a: Entries, b: Entries): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
}

function isEntries(value: unknown): value is Entries {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** More of one section than anyone reads line by line: a first version, a new chain of stores. */
const LISTED_AT_MOST = 20;
const NAMED_IN_SUM = 3;

/** Changes as lines of a plan; many additions to one section become one line. */
export function formatChanges(changes: readonly Change[]): string[] {
  const added = Map.groupBy(changes.filter(isPlainAddition), sectionOf);
  const crowded = new Set([...added].filter(([, list]) => list.length > LISTED_AT_MOST).map(([section]) => section));
  const lines = changes
    .filter((change) => !(isPlainAddition(change) && crowded.has(sectionOf(change))))
    .map(formatChange);
  const sums = [...crowded].map((section) => {
    const ids = (added.get(section) ?? []).map((change) => change.path.split("/")[1]);
    return `+ ${section}: ${ids.length} (${ids.slice(0, NAMED_IN_SUM).join(", ")}, …)`;
  });
  return [...sums, ...lines];
}

function isPlainAddition({ kind, risk, path }: Change): boolean {
  return kind === "added" && risk === undefined && path.split("/").length === 2;
}

function sectionOf({ path }: Change): string {
  return path.split("/")[0] ?? "";
}

/** A change as a line of a plan: `~ rules/base/earn: 5% → 7%`, with its risk behind it. */
export function formatChange(change: Change): string {
  const risk = change.risk === undefined ? "" : `  (! ${change.risk})`;
  return `${head(change)}${risk}`;
}

function head({ kind, path, from, to }: Change): string {
  if (kind === "changed") return `~ ${path}: ${short(from)} → ${short(to)}`;
  return kind === "added" ? `+ ${path}: ${short(to)}` : `- ${path}: ${short(from)}`;
}

/** Things with a name by their English name, the rest as it stands in the file. */
function short(value: unknown): string {
  if (typeof value === "string") return value;
  if (isEntries(value) && isName(value.name)) return textOf(value.name).en;
  const text = JSON.stringify(value);
  return text.length > 160 ? `${text.slice(0, 157)}...` : text;
}

function isName(value: unknown): value is string | { ru: string; en: string } {
  return (
    typeof value === "string" || (isEntries(value) && typeof value.ru === "string" && typeof value.en === "string")
  );
}
