import {
  FIELD_KINDS,
  type FieldConfig,
  type FieldKind,
  isPhoneCountry,
  LINK_DEFAULTS,
  type LinkConfig,
} from "#domains/identity/linkage/index.ts";
import type { Result } from "#kernel/result.ts";
import type { Fault, FileFault } from "#platform/yaml/faults.ts";
import { readYaml } from "#platform/yaml/read-yaml.ts";
import { suggest } from "#platform/yaml/suggest.ts";
import { type FieldSettings, type LinkFile, linkFileSchema } from "./link-file.ts";

/** What a linkage file says, completed. */
export type LinkSettings = {
  readonly config: LinkConfig;
  readonly id?: string;
  readonly truth: { readonly column?: string; readonly right?: string; readonly pattern?: string };
};

/** Columns of the file to link, and of the second one. */
export type FileColumns = { readonly left: readonly string[]; readonly right?: readonly string[] };

/**
 * Reads a linkage file and checks it against the columns of the data. Faults name line and column of the file; an
 * unknown column comes with the list of those there are.
 */
export function readLinkFile(
  text: string,
  fileName: string,
  columns: FileColumns,
): Result<LinkSettings, readonly FileFault[]> {
  return readYaml(
    text,
    fileName,
    linkFileSchema,
    (value) => toSettings(value as LinkFile),
    (settings) => check(settings, columns),
  );
}

function toSettings(file: LinkFile): LinkSettings & { readonly file: LinkFile } {
  const fields = Object.entries(file.fields).map(([name, given]) =>
    toField(name, typeof given === "string" ? { kind: given } : given),
  );
  const { links, nulls, maxClusterSize, pairsPerRecord, seed } = { ...LINK_DEFAULTS, ...file };
  return {
    file,
    config: { fields, links, nulls, maxClusterSize, pairsPerRecord, seed },
    ...(file.id === undefined ? {} : { id: file.id }),
    truth: file.truth ?? {},
  };
}

function toField(name: string, given: FieldSettings): FieldConfig {
  return {
    name,
    kind: given.kind as FieldKind,
    columns: given.columns ?? [given.column ?? name],
    ...(given.right === undefined ? {} : { rightColumns: [given.right] }),
    ...(given.country === undefined ? {} : { country: given.country.toUpperCase() }),
    ...(given.order === undefined ? {} : { order: given.order }),
  };
}

/** More fields than this can't be told apart in one pattern number. */
const MAX_FIELDS = 16;

function check({ file, config, truth }: LinkSettings & { readonly file: LinkFile }, columns: FileColumns): Fault[] {
  const faults: Fault[] = [];
  if (config.fields.length === 0) {
    faults.push({
      kind: "meaning",
      path: ["fields"],
      message: "expected at least one field, such as `surname: surname`",
    });
  }
  if (config.fields.length > MAX_FIELDS) {
    faults.push({
      kind: "meaning",
      path: ["fields"],
      message: `expected at most ${MAX_FIELDS} fields, got ${config.fields.length}`,
    });
  }
  for (const [name, given] of Object.entries(file.fields)) {
    faults.push(...checkKind(name, given), ...checkField(name, given, columns));
  }
  if (file.id !== undefined) faults.push(...unknownColumn(["id"], file.id, columns.left, false));
  if (truth.column !== undefined) faults.push(...unknownColumn(["truth", "column"], truth.column, columns.left, false));
  if (truth.pattern !== undefined && !isPattern(truth.pattern)) {
    faults.push({
      kind: "meaning",
      path: ["truth", "pattern"],
      message: `expected a regular expression, got "${truth.pattern}"`,
    });
  }
  return faults;
}

function checkKind(name: string, given: string | FieldSettings): Fault[] {
  const [kind, path] = typeof given === "string" ? [given, ["fields", name]] : [given.kind, ["fields", name, "kind"]];
  if ((FIELD_KINDS as readonly string[]).includes(kind)) return [];
  const near = suggest(kind, FIELD_KINDS);
  const message = `expected a kind (${FIELD_KINDS.join(", ")}), got "${kind}"`;
  return [{ kind: "meaning", path, message, ...(near === undefined ? {} : { didYouMean: near }) }];
}

function checkField(name: string, given: string | FieldSettings, columns: FileColumns): Fault[] {
  const path = ["fields", name];
  if (typeof given === "string") {
    return [
      ...unknownColumn(path, name, columns.left, true),
      ...(columns.right ? unknownColumn(path, name, columns.right, true, " in the second file") : []),
    ];
  }
  const faults: Fault[] = [];
  if (given.column !== undefined && given.columns !== undefined) {
    faults.push({
      kind: "meaning",
      path: [...path, "columns"],
      atKey: true,
      message: "expected either column or columns, got both",
    });
  }
  if (given.country !== undefined && given.kind !== "phone") {
    faults.push({
      kind: "meaning",
      path: [...path, "country"],
      atKey: true,
      message: `expected country with kind phone only, got it with ${given.kind}`,
    });
  } else if (given.country !== undefined && !isPhoneCountry(given.country)) {
    faults.push({
      kind: "meaning",
      path: [...path, "country"],
      message: `expected a country code such as RU, got "${given.country}"`,
    });
  }
  if (given.order !== undefined && given.kind !== "date") {
    faults.push({
      kind: "meaning",
      path: [...path, "order"],
      atKey: true,
      message: `expected order with kind date only, got it with ${given.kind}`,
    });
  }
  const named = given.columns ?? [given.column ?? name];
  const placeOf = (index: number) =>
    given.columns ? [...path, "columns", index] : given.column === undefined ? path : [...path, "column"];
  const atKey = given.columns === undefined && given.column === undefined;
  for (const [index, column] of named.entries()) {
    faults.push(...unknownColumn(placeOf(index), column, columns.left, atKey));
    if (columns.right && given.right === undefined) {
      faults.push(...unknownColumn(placeOf(index), column, columns.right, atKey, " in the second file"));
    }
  }
  if (given.right !== undefined) {
    if (columns.right)
      faults.push(...unknownColumn([...path, "right"], given.right, columns.right, false, " in the second file"));
    else
      faults.push({
        kind: "meaning",
        path: [...path, "right"],
        atKey: true,
        message: "expected right only when two files are linked",
      });
  }
  return faults;
}

function unknownColumn(
  path: readonly (string | number)[],
  column: string,
  known: readonly string[],
  atKey: boolean,
  where = "",
): Fault[] {
  if (known.includes(column)) return [];
  const near = suggest(column, known);
  return [
    {
      kind: "meaning",
      path: [...path],
      atKey,
      message: `expected a column of the data${where} (${known.join(", ")}), got "${column}"`,
      ...(near === undefined ? {} : { didYouMean: near }),
    },
  ];
}

function isPattern(pattern: string): boolean {
  try {
    new RegExp(pattern);
    return true;
  } catch {
    return false;
  }
}
