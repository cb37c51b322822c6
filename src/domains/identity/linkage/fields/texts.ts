import { phoneticKey } from "../../normalise/phonetic.ts";
import { wordsOf } from "../../normalise/text.ts";
import { countValues, shareSql } from "./frequency.ts";
import { remember } from "./remember.ts";
import { atLeast, atMost, both, either, eitherEmpty, equal, jaroWinkler, shorterAtLeast, typos } from "./similar.ts";
import type { FieldPlan, Level, PairSql } from "./types.ts";

/** Texts of more words than this on average are compared word by word. */
const MANY_WORDS = 2.5;
/** How many of a record's rarest words are blocking keys. */
const KEY_WORDS = 5;

const SHORT_LEVELS: readonly Level[] = [
  { label: "same", when: equal("value") },
  { label: "one typo", when: both(shorterAtLeast("value", 4), atMost(typos("value"), 1)) },
  { label: "Jaro-Winkler ≥ 0.92", when: atLeast(jaroWinkler("value"), 0.92) },
  {
    label: "Jaro-Winkler ≥ 0.8 or two typos",
    when: either(atLeast(jaroWinkler("value"), 0.8), both(shorterAtLeast("value", 6), atMost(typos("value"), 2))),
  },
  { label: "different" },
];

/**
 * Twice the weight of the common words over the weight of all (Dice), a word weighing by how rare it is; or the share of
 * common four-letter sequences when that is more, which sees through typos. Words are stored as hash × 256 + weight.
 */
const overlap: PairSql = (l, r) =>
  `greatest(2 * arraySum(w -> bitAnd(w, 255), arrayIntersect(${l("words")}, ${r("words")})) / ` +
  `(${l("weight")} + ${r("weight")}), 1 - ngramDistance(${l("value")}, ${r("value")}))`;

const LONG_LEVELS: readonly Level[] = [
  { label: "same", when: equal("value") },
  ...[0.9, 0.75, 0.6, 0.45, 0.3].map((share) => ({
    label: `words ${Math.round(share * 100)} % common`,
    when: atLeast(overlap, share),
  })),
  { label: "different" },
];

const ADDRESS_LEVELS: readonly Level[] = [
  { label: "same", when: equal("value") },
  ...[0.75, 0.5, 0.3].flatMap((share) => [
    { label: `same numbers, words ${share * 100} % common`, when: both(equal("numbers"), atLeast(overlap, share)) },
    { label: `words ${share * 100} % common`, when: atLeast(overlap, share) },
  ]),
  { label: "different" },
];

/** A city, a title, an address …: short values by typos, long ones by their words, addresses by their numbers too. */
export function planText(field: string, kind: "city" | "text" | "address", values: readonly string[]): FieldPlan {
  const counted = countValues(values);
  const long = kind === "address" || averageLength(values) > MANY_WORDS;
  const levels = kind === "address" ? ADDRESS_LEVELS : long ? LONG_LEVELS : SHORT_LEVELS;
  const weigh = long ? oncePerRow(values, wordWeights(values)) : undefined;
  const soundOf = remember((word) => phoneticKey(word, 5) || word);
  return {
    field,
    kind,
    columns: [
      { name: "value", type: "bytes" },
      { name: "freq", type: "int" },
      ...(long
        ? ([
            { name: "words", type: "words" },
            { name: "weight", type: "float" },
          ] as const)
        : []),
      ...(kind === "address" ? ([{ name: "numbers", type: "text" }] as const) : []),
    ],
    derived: [],
    comparisons: [
      {
        field,
        belongs: kind === "text" ? "person" : "household",
        missing: eitherEmpty("value"),
        levels,
        frequency: (l) => shareSql(l("freq"), counted),
      },
    ],
    counted: [counted],
    atoms: [
      { label: `same ${field}`, field },
      { label: `first word of ${field} by sound`, field },
      { label: `last word of ${field} by sound`, field },
      ...(long ? [{ label: `a rare word of ${field}`, field, many: true }] : []),
    ],
    cells: (row) => {
      const value = values[row] ?? "";
      const own = weigh?.(row);
      return [
        value,
        counted.countOf(row),
        ...(own ? [own.coded, own.total] : []),
        ...(kind === "address" ? [(value.match(/\d+/g) ?? []).sort().join(" ")] : []),
      ];
    },
    keys: (row) => {
      const value = values[row] ?? "";
      const own = wordsOf(value);
      const sounds = [own[0], own[own.length - 1]].map((word) => (word === undefined ? "" : soundOf(word)));
      return [
        value,
        sounds[0] as string,
        own.length > 1 ? (sounds[1] as string) : "",
        ...(weigh ? [weigh(row).rarest] : []),
      ];
    },
  };
}

/** Words per value that has any. */
function averageLength(values: readonly string[]): number {
  let filled = 0;
  let words = 0;
  for (const value of values) {
    if (value === "") continue;
    filled++;
    words += wordsOf(value).length;
  }
  return filled === 0 ? 0 : words / filled;
}

/** Cells and keys of a row are asked for one after the other: the second time the first answer is given. */
function oncePerRow(
  values: readonly string[],
  weigh: (own: readonly string[]) => WeighedWords,
): (row: number) => WeighedWords {
  let last = -1;
  let known: WeighedWords | undefined;
  return (row) => {
    if (row !== last || known === undefined) known = weigh(wordsOf(values[row] ?? ""));
    last = row;
    return known;
  };
}

type WeighedWords = { readonly coded: readonly number[]; readonly total: number; readonly rarest: readonly string[] };
type Word = { readonly text: string; readonly id: number; records: number; weight: number };

/** Weights by inverse document frequency (Spärck Jones 1972): ln(records ÷ records with the word), in sixteenths. */
function wordWeights(values: readonly string[]): (own: readonly string[]) => WeighedWords {
  const words = new Map<string, Word>();
  let records = 0;
  for (const value of values) {
    if (value !== "") records++;
    for (const text of new Set(wordsOf(value))) {
      const word = words.get(text);
      if (word) word.records++;
      else words.set(text, { text, id: words.size + 1, records: 1, weight: 0 });
    }
  }
  for (const word of words.values()) {
    word.weight = Math.min(255, Math.max(1, Math.round(16 * Math.log(records / word.records + 1))));
  }
  const rarity = (a: Word, b: Word) => a.records - b.records || a.id - b.id;
  return (own) => {
    const distinct: Word[] = [];
    for (const text of own) {
      const word = words.get(text);
      if (word && !distinct.includes(word)) distinct.push(word);
    }
    distinct.sort(rarity);
    const coded: number[] = [];
    const rarest: string[] = [];
    let total = 0;
    for (const { text, id, records: having, weight } of distinct) {
      coded.push(id * 256 + weight);
      total += weight;
      if (having > 1 && rarest.length < KEY_WORDS) rarest.push(text);
    }
    return { coded, total, rarest };
  };
}
