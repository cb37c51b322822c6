import { type DateOrder, dateDigits, dateNumber, guessDateOrder, parseDate } from "../../normalise/date.ts";
import { countValues, shareSql } from "./frequency.ts";
import { eitherEmpty, equal, typos } from "./similar.ts";
import type { FieldPlan, Level, PairSql } from "./types.ts";

/** Stands for "no day number" (a part is unknown): further from any date than the last level of closeness reaches. */
const NO_DAY = -10_000_000;

const part = (side: string, from: number, length: number) => `substring(${side}, ${from}, ${length})`;
const year = (side: string) => part(side, 1, 4);
const month = (side: string) => part(side, 5, 2);
const day = (side: string) => part(side, 7, 2);

const partial: PairSql = (l, r) => `(${day(l("digits"))} = '00' OR ${day(r("digits"))} = '00')`;
/** At least `least` of year, month and day equal. */
const partsAgree =
  (least: number): PairSql =>
  (l, r) => {
    const [a, b] = [l("digits"), r("digits")];
    return `(${year(a)} = ${year(b)}) + (${month(a)} = ${month(b)}) + (${day(a)} = ${day(b)}) >= ${least}`;
  };
const knownPartsAgree: PairSql = (l, r) => {
  const [a, b] = [l("digits"), r("digits")];
  const monthFits = `(${month(a)} = ${month(b)} OR ${month(a)} = '00' OR ${month(b)} = '00')`;
  return `${partial(l, r, l)} AND ${year(a)} = ${year(b)} AND ${monthFits}`;
};
const swapped: PairSql = (l, r) => {
  const [a, b] = [l("digits"), r("digits")];
  return `${year(a)} = ${year(b)} AND ${month(a)} = ${day(b)} AND ${day(a)} = ${month(b)}`;
};
const within =
  (days: number): PairSql =>
  (l, r) =>
    `abs(${l("number")} - ${r("number")}) <= ${days} AND NOT ${partial(l, r, l)}`;

const LEVELS: readonly Level[] = [
  { label: "same", when: equal("digits") },
  {
    label: "one digit or two neighbours off",
    when: (l, r, d) => `NOT ${partial(l, r, d)} AND ${typos("digits")(l, r, d)} <= 1`,
  },
  { label: "day and month swapped", when: swapped },
  { label: "same as far as known", when: knownPartsAgree },
  { label: "two of year, month, day", when: (l, r, d) => `NOT ${partial(l, r, d)} AND ${partsAgree(2)(l, r, d)}` },
  { label: "within 31 days", when: within(31) },
  { label: "within a year", when: within(366) },
  { label: "within ten years", when: within(3653) },
  { label: "different" },
];

/** A date compared by its parts, by typos in its digits, and by closeness. */
export function planDate(field: string, values: readonly string[], order: DateOrder | undefined): FieldPlan {
  const assumed = order ?? guessDateOrder(values);
  const dates = values.map((value) => (value === "" ? undefined : parseDate(value, assumed)));
  const digits = dates.map((date) => (date ? dateDigits(date) : ""));
  const counted = countValues(digits);
  return {
    field,
    kind: "date",
    columns: [
      { name: "digits", type: "text" },
      { name: "number", type: "int" },
      { name: "freq", type: "int" },
    ],
    derived: [],
    comparisons: [
      {
        field,
        belongs: "person",
        missing: eitherEmpty("digits"),
        levels: LEVELS,
        frequency: (l) => shareSql(l("freq"), counted),
      },
    ],
    counted: [counted],
    atoms: [
      { label: `same ${field}`, field },
      { label: `year of ${field}`, field },
      { label: `day and month of ${field}`, field },
      { label: `year and month of ${field}`, field },
      { label: `year and day of ${field}`, field },
    ],
    cells: (row) => {
      const date = dates[row];
      return [digits[row] ?? "", (date && dateNumber(date)) ?? NO_DAY, counted.countOf(row)];
    },
    keys: (row) => {
      const text = digits[row] ?? "";
      if (text === "") return ["", "", "", "", ""];
      const whole = !text.endsWith("00");
      return [
        whole ? text : "",
        text.slice(0, 4),
        whole ? text.slice(4) : "",
        text.slice(4, 6) === "00" ? "" : text.slice(0, 6),
        whole ? text.slice(0, 4) + text.slice(6) : "",
      ];
    },
  };
}
