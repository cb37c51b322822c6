/** Parts of a date as written; month or day 0 when it was not said. */
export type DateParts = { readonly year: number; readonly month: number; readonly day: number };
export type DateOrder = "ymd" | "dmy" | "mdy";

const MONTHS: readonly string[] = [
  "jan|янв",
  "feb|фев",
  "mar|мар",
  "apr|апр",
  "may|мая|май",
  "jun|июн",
  "jul|июл",
  "aug|авг",
  "sep|сен",
  "oct|окт",
  "nov|ноя",
  "dec|дек",
];

/**
 * Reads a date in the forms that files have: 1985-02-07, 19850207, 07.02.1985, 7/2/85, 7 Feb 1985, 7 февраля 1985,
 * 1985-02, 1985, with or without a time after it. `order` decides where only the order can tell. Days past the month's
 * end are kept when ≤ 31: a typo is still evidence. A month over 12 was the day. Undefined when it is no date.
 */
export function parseDate(text: string, order: DateOrder = "dmy"): DateParts | undefined {
  const trimmed = text
    .trim()
    .toLowerCase()
    .replace(/[t\s]\d{1,2}:\d{2}.*$/, "")
    .replace(/\.0$/, "");
  const named = withMonthNumber(trimmed);
  const groups = named.text.match(/\d+/g);
  if (!groups) return undefined;
  if (groups.length === 1) return fromDigits(groups[0] as string, order);
  const [a, b, c] = groups.map(Number) as [number, number, number | undefined];
  const widths = groups.map((group) => group.length);
  if (c === undefined) {
    if (widths[0] === 4) return checked(a, b, 0);
    return widths[1] === 4 ? checked(b, a, 0) : undefined;
  }
  if (widths[0]! >= 3) return b > 12 && c <= 12 ? checked(a, c, b) : checked(a, b, c);
  const year = fullYear(c, widths[2] as number);
  if (named.monthFirst) return checked(year, a, b);
  if (order === "ymd" && widths[2]! <= 2 && !named.hasName) return checked(fullYear(a, widths[0] as number), b, c);
  if (order === "mdy" && !named.hasName) return a > 12 && b <= 12 ? checked(year, b, a) : checked(year, a, b);
  return b > 12 && a <= 12 ? checked(year, a, b) : checked(year, b, a);
}

/** The order of the parts that most of a column's values allow; `dmy` when nothing tells. */
export function guessDateOrder(values: Iterable<string>): DateOrder {
  let first = 0;
  let second = 0;
  for (const value of values) {
    const match = /^\s*(\d{1,2})\D(\d{1,2})\D(?:\d{4}|\d{2})(?:\D|$)/.exec(value);
    if (!match) continue;
    if (Number(match[1]) > 12) first++;
    if (Number(match[2]) > 12) second++;
  }
  return second > first ? "mdy" : "dmy";
}

/** Eight digits (`00` where a part is unknown), the form in which typos are counted. */
export function dateDigits(date: DateParts): string {
  return `${String(date.year).padStart(4, "0")}${String(date.month).padStart(2, "0")}${String(date.day).padStart(2, "0")}`;
}

/** Days since 1970-01-01; undefined when the day or month is unknown. Impossible days roll over. */
export function dateNumber(date: DateParts): number | undefined {
  if (date.month === 0 || date.day === 0) return undefined;
  const at = new Date(0);
  at.setUTCFullYear(date.year, date.month - 1, date.day);
  return Math.round(at.getTime() / 86_400_000);
}

function withMonthNumber(text: string): { text: string; hasName: boolean; monthFirst: boolean } {
  if (!/\p{L}{3}/u.test(text)) return { text, hasName: false, monthFirst: false };
  for (const [index, names] of MONTHS.entries()) {
    const match = new RegExp(`(?:${names})\\p{L}*\\.?`, "u").exec(text);
    if (!match) continue;
    const replaced = `${text.slice(0, match.index)} ${index + 1} ${text.slice(match.index + match[0].length)}`;
    return { text: replaced, hasName: true, monthFirst: !/\d/.test(text.slice(0, match.index)) };
  }
  return { text, hasName: false, monthFirst: false };
}

function fromDigits(digits: string, order: DateOrder): DateParts | undefined {
  if (digits.length === 4) return checked(Number(digits), 0, 0);
  if (digits.length === 6) return checked(Number(digits.slice(0, 4)), Number(digits.slice(4)), 0);
  if (digits.length !== 8) return undefined;
  const yearFirst = checked(Number(digits.slice(0, 4)), Number(digits.slice(4, 6)), Number(digits.slice(6)));
  if (yearFirst) return yearFirst;
  const [a, b, year] = [Number(digits.slice(0, 2)), Number(digits.slice(2, 4)), Number(digits.slice(4))];
  return order === "mdy" ? checked(year, a, b) : checked(year, b, a);
}

function fullYear(year: number, width: number): number {
  if (width >= 3) return year;
  return year < 30 ? 2000 + year : 1900 + year;
}

function checked(year: number, month: number, day: number): DateParts | undefined {
  if (!(year >= 1000 && year <= 2999) || month > 12 || day > 31) return undefined;
  return { year, month, day };
}
