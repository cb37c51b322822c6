import { type Static, Type } from "typebox";
import { IDENTIFIER_KINDS, type IdentifierKind, type Profile, profileFaults } from "#domains/identity/index.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import { type Calendar, type EpochMs, parseDay, parseInstant } from "#kernel/time.ts";
import type { FileFault } from "#platform/yaml/faults.ts";
import { readYaml } from "#platform/yaml/read-yaml.ts";

const closed = { additionalProperties: false, expected: "a set of keys and values" };
const column = Type.String({ minLength: 1, expected: "the name of a column" });
const columns = Type.Union([column, Type.Array(column, { minItems: 1 })], {
  expected: "the name of a column, or a list of such that are joined by a space",
});
const text = Type.String({ minLength: 1, expected: "a text" });
const kinds = IDENTIFIER_KINDS.map((kind) => Type.Literal(kind));

/** How a row of a file becomes a profile. */
const schema = Type.Object(
  {
    format: Type.Literal(1, { expected: "1" }),
    partner: text,
    externalId: column,
    /** When the partner knew it; the time of the import unless given. */
    at: Type.Optional(column),
    identifiers: Type.Array(
      Type.Object(
        {
          kind: Type.Union(kinds, { expected: `one of ${IDENTIFIER_KINDS.join(", ")}` }),
          column,
          verified: Type.Boolean({ expected: "true or false" }),
        },
        closed,
      ),
      { minItems: 1, expected: "a list of identifiers" },
    ),
    name: Type.Optional(columns),
    birthDate: Type.Optional(column),
    gender: Type.Optional(Type.Object({ column, female: Type.Array(text), male: Type.Array(text) }, closed)),
    address: Type.Optional(columns),
    attributes: Type.Optional(Type.Record(Type.String(), column, { expected: "names with their columns" })),
    share: Type.Optional(
      Type.Union([Type.Literal("all"), Type.Array(text)], { expected: "all, or a list of partners" }),
    ),
  },
  closed,
);

export type ProfileMapping = Static<typeof schema>;

/** Reads a mapping file; faults have their lines. */
export function readProfileMapping(source: string, fileName: string): Result<ProfileMapping, readonly FileFault[]> {
  return readYaml(source, fileName, schema, (value) => value as ProfileMapping);
}

/** Columns that a mapping names. */
export function columnsOf(mapping: ProfileMapping): string[] {
  const { externalId, at, identifiers, name, birthDate, gender, address, attributes } = mapping;
  const named = [externalId, at, ...identifiers.map((each) => each.column), name, birthDate, gender?.column, address];
  return [...named, ...Object.values(attributes ?? {})].flat().filter((each) => each !== undefined);
}

export type Cells = (column: string) => string;

/** A row as a profile; the fault says what is wrong with it, in words. */
export function toProfile(
  mapping: ProfileMapping,
  cells: Cells,
  calendar: Calendar,
  now: EpochMs,
): Result<Profile, string> {
  const externalId = cells(mapping.externalId);
  if (externalId === "") return err(`${mapping.externalId} is empty`);
  const at = mapping.at === undefined || cells(mapping.at) === "" ? now : timeOf(cells(mapping.at), calendar);
  if (at === undefined) return err(`${mapping.at} is neither a day nor a time: ${cells(mapping.at as string)}`);
  const identifiers = mapping.identifiers.flatMap((each) =>
    cells(each.column)
      .split("|")
      .map((value) => value.trim())
      .filter((value) => value !== "")
      .map((value) => ({ kind: each.kind as IdentifierKind, value, verified: each.verified })),
  );
  if (identifiers.length === 0) return err("no identifier");
  const profile: Profile = {
    ...{ partner: mapping.partner, externalId, identifiers, at },
    ...optional("name", joined(mapping.name, cells)),
    ...optional("birthDate", joined(mapping.birthDate, cells)),
    ...optional("address", joined(mapping.address, cells)),
    ...optional("gender", genderOf(mapping, cells)),
    ...optional("attributes", attributesOf(mapping, cells)),
    ...(mapping.share === undefined ? {} : { consents: { share: mapping.share } }),
  };
  const [fault] = profileFaults(profile);
  return fault ? err(`${fault.pointer}: ${fault.code}`) : ok(profile);
}

function optional<K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]: V });
}

function joined(named: string | readonly string[] | undefined, cells: Cells): string | undefined {
  if (named === undefined) return undefined;
  const parts = (typeof named === "string" ? [named] : named).map(cells).filter((part) => part !== "");
  return parts.length === 0 ? undefined : parts.join(" ");
}

function genderOf({ gender }: ProfileMapping, cells: Cells): "female" | "male" | undefined {
  if (gender === undefined) return undefined;
  const value = cells(gender.column);
  if (gender.female.includes(value)) return "female";
  return gender.male.includes(value) ? "male" : undefined;
}

function attributesOf({ attributes }: ProfileMapping, cells: Cells): Record<string, string> | undefined {
  const entries = Object.entries(attributes ?? {}).map(([key, from]) => [key, cells(from)] as const);
  const told = entries.filter(([, value]) => value !== "");
  return told.length === 0 ? undefined : Object.fromEntries(told);
}

function timeOf(value: string, calendar: Calendar): EpochMs | undefined {
  const day = parseDay(value);
  return day === undefined ? parseInstant(value) : calendar.startOf(day);
}
