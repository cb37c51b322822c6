export type Script = "latin" | "cyrillic" | "mixed" | "other" | "none";

/** Which alphabet a text is written in; `mixed` has Latin and Cyrillic letters, `none` has no letters. */
export function scriptOf(text: string): Script {
  const latin = /[a-z]/i.test(text);
  const cyrillic = /[\u0400-\u04ff]/.test(text);
  if (latin && cyrillic) return "mixed";
  if (latin) return "latin";
  if (cyrillic) return "cyrillic";
  return /\p{L}/u.test(text) ? "other" : "none";
}

/** ICAO 9303 (passports, bank cards) for Russian, with the letters that Ukrainian and Belarusian add. */
const LATIN_OF: Readonly<Record<string, string>> = {
  а: "a",
  б: "b",
  в: "v",
  г: "g",
  д: "d",
  е: "e",
  ё: "e",
  ж: "zh",
  з: "z",
  и: "i",
  й: "i",
  к: "k",
  л: "l",
  м: "m",
  н: "n",
  о: "o",
  п: "p",
  р: "r",
  с: "s",
  т: "t",
  у: "u",
  ф: "f",
  х: "kh",
  ц: "ts",
  ч: "ch",
  ш: "sh",
  щ: "shch",
  ъ: "ie",
  ы: "y",
  ь: "",
  э: "e",
  ю: "iu",
  я: "ia",
  і: "i",
  ї: "i",
  є: "ie",
  ґ: "g",
  ў: "u",
};

/** Cyrillic letters of a folded text in Latin ones, after ICAO 9303; other characters stay. */
export function transliterate(folded: string): string {
  if (!/[\u0400-\u04ff]/.test(folded)) return folded;
  let out = "";
  for (const letter of folded) out += LATIN_OF[letter] ?? letter;
  return out;
}

/** Spellings of one sound in the transliterations in use (passport, old passport, bank, by ear), each as one. */
const ONE_SPELLING: readonly (readonly [RegExp, string])[] = [
  [/shch|sch|scz/g, "sh"],
  [/kh/g, "h"],
  [/zh|dj/g, "j"],
  [/ts|tz|cz/g, "c"],
  [/ck|q/g, "k"],
  [/ph/g, "f"],
  [/x/g, "ks"],
  [/w/g, "v"],
  [/(?:ij|iy|yi|yy|ii|ey|ei|ay|ai)(?= |$)/g, "i"],
  [/[iyj]+(?=[aou])/g, "i"],
  [/y/g, "i"],
  [/ie|je/g, "e"],
  [/(.)\1+/g, "$1"],
];

/**
 * A Latin or Cyrillic name by one spelling, so that Yuriy, Iurii, Jurij and Юрий meet. Loses distinctions on purpose:
 * equal results mean "may be the same name in another transliteration".
 */
export function looseSpelling(folded: string): string {
  let text = transliterate(folded);
  for (const [pattern, replacement] of ONE_SPELLING) text = text.replace(pattern, replacement);
  return text;
}
