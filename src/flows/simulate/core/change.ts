import { Type } from "typebox";
import {
  type CompiledProgramme,
  canonicalJson,
  carryMissions,
  compileProgramme,
  type ProgrammeDocument,
  type ProgrammeError,
  parseProgramme,
} from "#domains/program/index.ts";
import { ok, type Result } from "#kernel/result.ts";
import type { Fault } from "#platform/yaml/faults.ts";
import { readYaml } from "#platform/yaml/read-yaml.ts";

export type ChangeFile = { readonly name: string; readonly text: string };

/** What is asked about: another programme, or a few changes to whichever version was in force. */
export type Change = {
  readonly kind: "whole" | "patch";
  /** The programme that takes a version's place; undefined where the patch does not fit that version. */
  programmeFor(version: CompiledProgramme): CompiledProgramme | undefined;
  /** The latest version, changed. */
  readonly latest: CompiledProgramme;
};

/** Sections whose keys are ids, and those whose keys are settings; as the programme's format has them. */
const BY_ID = [
  ...["partners", "brands", "stores", "categories", "levels", "subscriptions", "boosts", "campaigns", "funderSplits"],
  ...["stacking", "caps", "rules", "spending", "velocity", "fees", "cardFeeds"],
];
const SETTINGS = ["programme", "favourites", "referral", "lots", "rounding", "receipts", "policies"];

const patchSchema = Type.Object(
  {
    patch: Type.Literal(1, { expected: "1" }),
    ...Object.fromEntries([...BY_ID, ...SETTINGS].map((section) => [section, Type.Optional(Type.Unknown())])),
  },
  { additionalProperties: false },
);

type Tree = Readonly<Record<string, unknown>>;

/**
 * Reads a change: a whole programme file, or a patch (`patch: 1` at its top, then sections of the same format). In a patch
 * an id or a key that is given replaces what stands there, key by key of each id; `~` takes it away; all else stays.
 * Faults of what comes out are placed in the patch.
 */
export function readChange(file: ChangeFile, latest: CompiledProgramme): Result<Change, readonly ProgrammeError[]> {
  if (!/^\s*(?:\{\s*)?"?patch"?\s*:/m.test(file.text)) return readWhole(file, latest);
  const read = readYaml<Tree>(
    file.text,
    file.name,
    patchSchema,
    (value) => value as Tree,
    (patch) => faultsOf(patch, latest.document),
  );
  if (!read.ok) return read;
  const patch = read.value;
  const made = new Map<number, CompiledProgramme | undefined>();
  const programmeFor = (version: CompiledProgramme): CompiledProgramme | undefined => {
    if (!made.has(version.version)) made.set(version.version, patched(version, patch));
    return made.get(version.version);
  };
  return ok({ kind: "patch", programmeFor, latest: programmeFor(latest) as CompiledProgramme });
}

function readWhole(file: ChangeFile, latest: CompiledProgramme): Result<Change, readonly ProgrammeError[]> {
  const parsed = parseProgramme(file.text, file.name);
  if (!parsed.ok) return parsed;
  const whole = carryMissions(parsed.value, latest.document);
  const checked = whole === parsed.value ? parsed : parseProgramme(canonicalJson(whole), file.name);
  if (!checked.ok) return checked;
  const compiled = compileProgramme(checked.value, latest.version, latest.effectiveFromAt);
  return ok({ kind: "whole", programmeFor: () => compiled, latest: compiled });
}

function patched(version: CompiledProgramme, patch: Tree): CompiledProgramme | undefined {
  const parsed = parsePatched(version.document, patch);
  return parsed.ok ? compileProgramme(parsed.value, version.version, version.effectiveFromAt) : undefined;
}

/** A rule that is taken away may leave a split of cost that nobody uses, which a whole file may not have: it goes along. */
function parsePatched(document: ProgrammeDocument, patch: Tree) {
  const merged = merge(document, patch);
  const parsed = parseProgramme(canonicalJson(merged), "patched");
  if (parsed.ok) return parsed;
  const given = isTree(patch.funderSplits) ? patch.funderSplits : {};
  const unused = parsed.failure
    .map(({ path }) => /^\/funderSplits\/([^/]+)$/.exec(path)?.[1])
    .filter((id): id is string => id !== undefined && !Object.hasOwn(given, id));
  if (unused.length === 0) return parsed;
  const left = Object.entries(merged.funderSplits as Tree).filter(([id]) => !unused.includes(id));
  return parseProgramme(canonicalJson({ ...merged, funderSplits: Object.fromEntries(left) }), "patched");
}

/** What the patch itself does wrong, then what the programme that comes out does wrong, placed where the patch says it. */
function faultsOf(patch: Tree, latest: ProgrammeDocument): Fault[] {
  const own = ownFaults(patch, latest);
  if (own.length > 0) return own;
  const parsed = parsePatched(latest, patch);
  if (parsed.ok) return [];
  return parsed.failure.map(({ path, message, didYouMean }) => ({
    path: path
      .split("/")
      .slice(1)
      .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~")),
    kind: "meaning",
    message,
    ...(didYouMean === undefined ? {} : { didYouMean }),
  }));
}

function ownFaults(patch: Tree, latest: ProgrammeDocument): Fault[] {
  const faults: Fault[] = [];
  const fault = (path: readonly string[], message: string) =>
    faults.push({ path, kind: "schema", message, atKey: true });
  for (const [section, value] of Object.entries(patch)) {
    if (section === "patch" || value === null) continue;
    if (!isTree(value)) {
      fault([section], "expected ids or keys of this section");
      continue;
    }
    if (!BY_ID.includes(section)) continue;
    const known = (latest as unknown as Record<string, Tree | undefined>)[section] ?? {};
    for (const [id, entry] of Object.entries(value)) {
      if (entry === null && !Object.hasOwn(known, id)) fault([section, id], "there is no such id to take away");
    }
  }
  return faults;
}

/** Two levels deep by ids, one by settings: what is given below them is taken whole, so that no half of it is left. */
function merge(document: ProgrammeDocument, patch: Tree): Tree {
  const result: Record<string, unknown> = { ...document };
  for (const [section, value] of Object.entries(patch)) {
    if (section === "patch") continue;
    if (value === null) delete result[section];
    else result[section] = put(result[section], value as Tree, BY_ID.includes(section));
  }
  return result;
}

function put(known: unknown, given: Tree, isById: boolean): Tree {
  const result: Record<string, unknown> = isTree(known) ? { ...known } : {};
  for (const [key, value] of Object.entries(given)) {
    if (value === null) delete result[key];
    else if (isById && isTree(value) && isTree(result[key])) result[key] = put(result[key], value, false);
    else result[key] = value;
  }
  return result;
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
