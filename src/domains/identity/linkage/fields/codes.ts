import { parseCardToken } from "../../normalise/card.ts";
import { parsePhone } from "../../normalise/phone.ts";
import { digitsOf, foldText } from "../../normalise/text.ts";
import { countValues, shareSql } from "./frequency.ts";
import { atMost, both, edits, eitherEmpty, equal, shorterAtLeast, typos } from "./similar.ts";
import type { Belongs, FieldPlan, Level } from "./types.ts";

const SAME: Level = { label: "same", when: equal("value") };
const DIFFERENT: Level = { label: "different" };
const oneTypo: Level = { label: "one typo", when: both(shorterAtLeast("value", 4), atMost(typos("value"), 1)) };
const twoTypos: Level = { label: "two typos", when: both(shorterAtLeast("value", 6), atMost(typos("value"), 2)) };
const oneEdit: Level = { label: "one digit off", when: atMost(edits("value"), 1) };
const twoEdits: Level = { label: "two digits off", when: atMost(edits("value"), 2) };

type CodeKind = "id" | "postcode" | "phone" | "category";

/** What differs between the kinds of codes. */
type Code = {
  readonly belongs: Belongs;
  readonly levels: readonly Level[];
  readonly atoms: readonly string[];
  keys(value: string): string[];
};

const CODES: Readonly<Record<CodeKind, Code>> = {
  id: {
    belongs: "person",
    levels: [SAME, oneTypo, twoTypos, DIFFERENT],
    atoms: ["same", "first half of", "second half of"],
    keys: (value) => [value, ...halves(value)],
  },
  phone: {
    belongs: "household",
    levels: [
      SAME,
      {
        label: "last seven digits same",
        when: (l, r) => `substring(${l("value")}, -7) = substring(${r("value")}, -7)`,
      },
      oneEdit,
      twoEdits,
      DIFFERENT,
    ],
    atoms: ["last seven digits of", "last four digits of", "first digits of"],
    keys: (value) => [value.slice(-7), value.slice(-4), value.slice(0, -4)],
  },
  postcode: {
    belongs: "household",
    levels: [
      SAME,
      { label: "one typo", when: both(shorterAtLeast("value", 3), atMost(typos("value"), 1)) },
      { label: "same area", when: (l, r) => `substring(${l("value")}, 1, 3) = substring(${r("value")}, 1, 3)` },
      DIFFERENT,
    ],
    atoms: ["same", "area of"],
    keys: (value) => [value, value.slice(0, 3)],
  },
  category: { belongs: "household", levels: [SAME, DIFFERENT], atoms: ["same"], keys: (value) => [value] },
};

/** An id, phone, postcode or category: compared as a whole and by typos, never by how it sounds. */
export function planCode(field: string, kind: CodeKind, values: readonly string[], country?: string): FieldPlan {
  const code = CODES[kind];
  const cleaned = values.map((value) => (value === "" ? "" : clean(kind, value, country)));
  const counted = countValues(cleaned);
  return {
    field,
    kind,
    columns: [
      { name: "value", type: kind === "category" ? "text" : "bytes" },
      { name: "freq", type: "int" },
    ],
    derived: [],
    comparisons: [
      {
        field,
        belongs: code.belongs,
        missing: eitherEmpty("value"),
        levels: code.levels,
        frequency: (l) => shareSql(l("freq"), counted),
      },
    ],
    counted: [counted],
    atoms: code.atoms.map((label) => ({ label: `${label} ${field}`, field })),
    cells: (row) => [cleaned[row] ?? "", counted.countOf(row)],
    keys: (row) => (cleaned[row] ? code.keys(cleaned[row]) : code.atoms.map(() => "")),
  };
}

function clean(kind: CodeKind, value: string, country: string | undefined): string {
  if (kind === "phone") return parsePhone(value, country) ?? digitsOf(value);
  if (kind === "category") return foldText(value);
  const token = parseCardToken(value) ?? foldText(value).toUpperCase().replaceAll(" ", "");
  return token.replace(/^(\d+)\.0$/, "$1");
}

function halves(value: string): [string, string] {
  if (value.length < 4) return ["", ""];
  const middle = Math.ceil(value.length / 2);
  return [value.slice(0, middle), value.slice(-middle)];
}
