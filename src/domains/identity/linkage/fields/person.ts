import { type Email, nameWordsOf } from "../../normalise/email.ts";
import { givenNameKey, surnameStem } from "../../normalise/names.ts";
import { phoneticKey } from "../../normalise/phonetic.ts";
import { looseSpelling } from "../../normalise/script.ts";
import type { FieldKind } from "../config.ts";
import { type CountedValues, countValues, createDictionary, shareSql } from "./frequency.ts";
import { createNameReader } from "./name-from-email.ts";
import { remember } from "./remember.ts";
import type { Cell, Comparison, FieldPlan, Level, PairSql, Side } from "./types.ts";

export type NamePart = "given" | "surname" | "patronymic";
/** Folded values of one part of a name by row; empty where it is not known. */
export type NameValues = { readonly part: NamePart; readonly field: string; readonly values: readonly string[] };

/**
 * A person's name in parts. If both a given name and a surname are there, a pair is compared as written or with the
 * parts of one side swapped, whichever agrees better, and being swapped is a comparison of its own. A part that a record
 * lacks is read from its e-mail where the file's own names allow it, but only against records without an e-mail:
 * between two e-mails the same evidence would count twice.
 */
export function planPerson(
  field: string,
  kind: FieldKind,
  parts: readonly NameValues[],
  emails: readonly (Email | undefined)[],
): FieldPlan {
  const rows = parts[0]?.values.length ?? 0;
  const given = parts.find((part) => part.part === "given");
  const surname = parts.find((part) => part.part === "surname");
  const swappable = given !== undefined && surname !== undefined;
  const readName = createNameReader(given?.values ?? [], surname?.values ?? []);
  const hintOf = (row: number, part: NamePart): string => {
    const email = emails[row];
    if (!email || part === "patronymic") return "";
    const known = { given: given?.values[row] ?? "", surname: surname?.values[row] ?? "" };
    return known[part] !== "" ? "" : (readName(nameWordsOf(email), known)[part] ?? "");
  };
  const keyOf = keyMaker();
  const soundOf = remember((value) => phoneticKey(value));
  const dictionary = createDictionary();
  const counted = parts.map((part) => countValues(part.values, dictionary));
  const hasEmails = emails.length > 0;
  return {
    field,
    kind,
    columns: [
      ...parts.flatMap(({ part }) => [
        { name: part, type: "bytes" as const },
        { name: `${part}_key`, type: "text" as const },
        { name: `${part}_freq`, type: "int" as const },
        ...(hasEmails ? [{ name: `${part}_hint`, type: "bytes" as const }] : []),
      ]),
      ...(hasEmails ? [{ name: "has_email", type: "int" as const }] : []),
    ],
    derived: derivedColumns(parts, counted, swappable, hasEmails),
    comparisons: [...parts.map((part) => compareNames(part)), ...(swappable ? [compareOrder(field)] : [])],
    counted: [...counted, ...(swappable ? [undefined] : [])],
    atoms: atomsOf(parts, swappable),
    cells: (row) => {
      const cells: Cell[] = [];
      for (const [index, { part, values }] of parts.entries()) {
        const value = values[row] ?? "";
        cells.push(value, keyOf(part, value), counted[index]?.countOf(row) ?? 0);
        if (hasEmails) cells.push(hintOf(row, part));
      }
      if (hasEmails) cells.push(emails[row] ? 1 : 0);
      return cells;
    },
    keys: (row) => (row < rows ? keysOf(parts, swappable, row, keyOf, soundOf) : []),
  };
}

/** The key by which variants of a part meet; by part, since a word may be a given name and a surname. */
function keyMaker(): (part: NamePart, value: string) => string {
  const given = remember(givenNameKey);
  const stem = remember((value) => looseSpelling(surnameStem(value)));
  return (part, value) => (value === "" ? "" : part === "given" ? given(value) : stem(value));
}

/** The parts that are compared, `given_l`, `given_r` …, after reading e-mails and, on the right, after swapping. */
function derivedColumns(
  parts: readonly NameValues[],
  counted: readonly CountedValues[],
  swappable: boolean,
  hasEmails: boolean,
): [name: string, sql: PairSql][] {
  const written = (part: NamePart, side: "l" | "r"): [string, PairSql] => [
    `${part}_${side}0`,
    (l, r) => {
      const [mine, other] = side === "l" ? [l, r] : [r, l];
      if (!hasEmails) return mine(part);
      return `if(${mine(part)} = '' AND ${other("has_email")} = 0, ${mine(`${part}_hint`)}, ${mine(part)})`;
    },
  ];
  const derived = parts.flatMap(({ part }) => [written(part, "l"), written(part, "r")]);
  const share = (side: Side, part: NamePart) => {
    const at = parts.findIndex((own) => own.part === part);
    return shareSql(side(`${part}_freq`), counted[at] as CountedValues);
  };
  if (swappable) derived.push(...swapColumns());
  for (const { part } of parts) {
    const other = part === "given" ? "surname" : "given";
    const swaps = swappable && part !== "patronymic";
    const pick = (own: string, crossed: string, d: Side) => (swaps ? `if(${d("swapped")}, ${crossed}, ${own})` : own);
    const similar: PairSql = swaps
      ? (_l, _r, d) => pick(d(`${part}_straight`), d(`${part}_crossed`), d)
      : (_l, _r, d) => `jaroWinklerSimilarity(${d(`${part}_l`)}, ${d(`${part}_r`)})`;
    derived.push(
      [`${part}_l`, (_l, _r, d) => d(`${part}_l0`)],
      [`${part}_r`, (_l, _r, d) => pick(d(`${part}_r0`), d(`${other}_r0`), d)],
      [`${part}_rkey`, (_l, r, d) => pick(r(`${part}_key`), r(`${other}_key`), d)],
      [`${part}_similar`, similar],
      [`${part}_typos`, (_l, _r, d) => `damerauLevenshteinDistance(${d(`${part}_l`)}, ${d(`${part}_r`)})`],
      [`${part}_shorter`, (_l, _r, d) => `least(length(${d(`${part}_l`)}), length(${d(`${part}_r`)}))`],
      [
        `${part}_share`,
        (l, r, d) => `greatest(${share(l, part)}, ${pick(share(r, part), swaps ? share(r, other) : "0", d)})`,
      ],
    );
  }
  return derived;
}

/**
 * Swapped: no part agrees straight, one agrees well across, and both agree clearly better across than straight.
 * Unrelated names have a Jaro-Winkler similarity of about 0.45 (two of them 0.9), so 0.25 is above the chance
 * difference. A missing part has similarity 0.
 */
function swapColumns(): [name: string, sql: PairSql][] {
  const similarity =
    (a: string, b: string): PairSql =>
    (_l, _r, d) =>
      `jaroWinklerSimilarity(${d(a)}, ${d(b)})`;
  return [
    ["given_straight", similarity("given_l0", "given_r0")],
    ["surname_straight", similarity("surname_l0", "surname_r0")],
    ["given_crossed", similarity("given_l0", "surname_r0")],
    ["surname_crossed", similarity("surname_l0", "given_r0")],
    [
      "swapped",
      (_l, _r, d) => {
        const [straight, crossed] = [
          [d("given_straight"), d("surname_straight")],
          [d("given_crossed"), d("surname_crossed")],
        ];
        const clearly = `${crossed.join(" + ")} > ${straight.join(" + ")} + 0.25`;
        return `greatest(${straight.join(", ")}) < 1 AND greatest(${crossed.join(", ")}) >= 0.9 AND ${clearly}`;
      },
    ],
  ];
}

function compareNames({ part, field }: NameValues): Comparison {
  const on =
    (sql: (own: (name: string) => string) => string): PairSql =>
    (_l, _r, d) =>
      sql((name) => d(`${part}_${name}`));
  const levels: Level[] = [
    { label: "same", when: on((own) => `${own("l")} = ${own("r")}`) },
    {
      label: part === "given" ? "variant of the name" : "same stem or spelling",
      when: (l, _r, d) => `${l(`${part}_key`)} != '' AND ${l(`${part}_key`)} = ${d(`${part}_rkey`)}`,
    },
    { label: "one typo", when: on((own) => `${own("shorter")} >= 4 AND ${own("typos")} <= 1`) },
    {
      label: "initial",
      when: on((own) => `${own("shorter")} = 1 AND substring(${own("l")}, 1, 1) = substring(${own("r")}, 1, 1)`),
    },
    { label: "Jaro-Winkler ≥ 0.92", when: on((own) => `${own("similar")} >= 0.92`) },
    {
      label: "Jaro-Winkler ≥ 0.8 or two typos",
      when: on((own) => `(${own("similar")} >= 0.8 OR (${own("shorter")} >= 6 AND ${own("typos")} <= 2))`),
    },
    { label: "different" },
  ];
  return {
    field,
    belongs: part === "given" ? "person" : "household",
    missing: on((own) => `(${own("l")} = '' OR ${own("r")} = '')`),
    levels,
    frequency: (_l, _r, d) => d(`${part}_share`),
  };
}

function compareOrder(field: string): Comparison {
  return {
    field: `${field} order`,
    belongs: "household",
    missing: (_l, _r, d) =>
      `(${["given_l", "given_r", "surname_l", "surname_r"].map((name) => `${d(name)} = ''`).join(" OR ")})`,
    levels: [{ label: "as written", when: (_l, _r, d) => `${d("swapped")} = 0` }, { label: "parts swapped" }],
  };
}

function atomsOf(parts: readonly NameValues[], swappable: boolean): FieldPlan["atoms"] {
  return [
    ...parts.flatMap(({ part, field }) => [
      { label: `${field} by sound`, field: part },
      { label: part === "given" ? `${field} or a variant` : `${field} by stem`, field: part },
      { label: `first letters of ${field}`, field: part },
      { label: `last letters of ${field}`, field: part },
    ]),
    ...(swappable
      ? [
          { label: "both names by sound, any order", field: "names" },
          { label: "any name by sound, any order", field: "names", many: true },
        ]
      : []),
  ];
}

function keysOf(
  parts: readonly NameValues[],
  swappable: boolean,
  row: number,
  keyOf: (part: NamePart, value: string) => string,
  soundOf: (value: string) => string,
): (string | readonly string[])[] {
  const keys: (string | readonly string[])[] = [];
  const sounds: string[] = [];
  for (const { part, values } of parts) {
    const value = values[row] ?? "";
    const sound = soundOf(value);
    if (part !== "patronymic") sounds.push(sound);
    keys.push(sound, keyOf(part, value), value.slice(0, 3), value.length >= 4 ? value.slice(-4) : "");
  }
  if (swappable) {
    const known = sounds.filter((sound) => sound !== "").sort();
    keys.push(known.length === 2 ? known.join("|") : "", [...new Set(known)]);
  }
  return keys;
}
