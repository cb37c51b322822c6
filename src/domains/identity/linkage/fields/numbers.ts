import { parseNumber } from "../../normalise/number.ts";
import { countValues, shareSql } from "./frequency.ts";
import { atMost, both, eitherEmpty, equal, shorterAtLeast, typos } from "./similar.ts";
import type { FieldPlan, PairSql } from "./types.ts";

const within =
  (share: number): PairSql =>
  (l, r) =>
    `abs(${l("number")} - ${r("number")}) <= ${share} * greatest(abs(${l("number")}), abs(${r("number")}))`;

/** A quantity: equal, a typo in its digits, or close in proportion. */
export function planNumber(field: string, values: readonly string[]): FieldPlan {
  const numbers = values.map((value) => (value === "" ? undefined : parseNumber(value)));
  const texts = numbers.map((number) => (number === undefined ? "" : String(number)));
  const counted = countValues(texts);
  return {
    field,
    kind: "number",
    columns: [
      { name: "value", type: "text" },
      { name: "number", type: "float" },
      { name: "freq", type: "int" },
    ],
    derived: [],
    comparisons: [
      {
        field,
        belongs: "person",
        missing: eitherEmpty("value"),
        levels: [
          { label: "same", when: equal("value") },
          { label: "one typo", when: both(shorterAtLeast("value", 3), atMost(typos("value"), 1)) },
          { label: "within 1 %", when: within(0.01) },
          { label: "within 5 %", when: within(0.05) },
          { label: "within 20 %", when: within(0.2) },
          { label: "different" },
        ],
        frequency: (l) => shareSql(l("freq"), counted),
      },
    ],
    counted: [counted],
    atoms: [{ label: `same ${field}`, field }],
    cells: (row) => [texts[row] ?? "", numbers[row] ?? 0, counted.countOf(row)],
    keys: (row) => [texts[row] ?? ""],
  };
}
