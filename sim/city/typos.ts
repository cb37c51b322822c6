import { type Dice, next, pickOne } from "./dice.ts";

/** How a written word goes wrong. Each takes the dice it may need and gives another text, or the same when there is nothing to spoil. */

/** Keys beside each other on a Russian keyboard, row by row. */
const ROWS = ["йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"] as const;

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
  й: "y",
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
  ъ: "",
  ы: "y",
  ь: "",
  э: "e",
  ю: "yu",
  я: "ya",
};

/** The spelling of passports since 2010 (ICAO 9303), which people mix with the one above. */
const PASSPORT_OF: Readonly<Record<string, string>> = { ...LATIN_OF, й: "i", ъ: "ie", ю: "iu", я: "ia" };

const LAYOUT_FROM = "йцукенгшщзхъфывапролджэячсмитьбюё";
const LAYOUT_TO = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`";

function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** A slip of the finger: a neighbouring key, a lost or doubled letter, or two letters swapped; never the first letter. */
export function withTypo(dice: Dice, text: string): string {
  if (text.length < 3) return text;
  const at = 1 + Math.floor(next(dice) * (text.length - 1));
  const letter = text[at] as string;
  const before = text.slice(0, at);
  const after = text.slice(at + 1);
  const slip = next(dice);
  if (slip < 0.35) return before + neighbour(dice, letter) + after;
  if (slip < 0.6) return before + after;
  if (slip < 0.75) return before + letter + letter + after;
  return at + 1 < text.length ? before + after.slice(0, 1) + letter + after.slice(1) : before + letter + letter;
}

function neighbour(dice: Dice, letter: string): string {
  for (const row of ROWS) {
    const at = row.indexOf(letter);
    if (at < 0) continue;
    return (next(dice) < 0.5 ? row[at - 1] : row[at + 1]) ?? (row[at === 0 ? 1 : at - 1] as string);
  }
  return pickOne(dice, ["о", "а", "е"]);
}

/** Ё is written as е by most people, and by most machines. */
export function withoutYo(text: string): string {
  return text.replaceAll("ё", "е").replaceAll("Ё", "Е");
}

/** In Latin letters, by one of two common rules. */
export function transliterated(text: string, rule: "everyday" | "passport"): string {
  const table = rule === "passport" ? PASSPORT_OF : LATIN_OF;
  const latin = Array.from(text.toLowerCase(), (letter) => table[letter] ?? letter).join("");
  return capitalised(latin);
}

/** Typed with the keyboard switched to Latin: Иван becomes Bdfy. */
export function inWrongLayout(text: string): string {
  const typed = Array.from(text.toLowerCase(), (letter) => LAYOUT_TO[LAYOUT_FROM.indexOf(letter)] ?? letter).join("");
  return capitalised(typed);
}

/** A birth date YYYY-MM-DD gone wrong: day and month swapped, a digit off, or 1 January where only the year was asked. */
export function wrongBirthDate(dice: Dice, date: string): string {
  const [year = "", month = "", day = ""] = date.split("-");
  const kind = next(dice);
  if (kind < 0.4 && Number(day) <= 12 && day !== month) return `${year}-${day}-${month}`;
  if (kind < 0.6) return `${year}-01-01`;
  if (kind < 0.8) return `${Number(year) + (next(dice) < 0.5 ? -1 : 1)}-${month}-${day}`;
  const other = 1 + ((Number(day) + 9) % 28);
  return `${year}-${month}-${String(other).padStart(2, "0")}`;
}

/** The same phone as people write it. */
export function asTyped(dice: Dice, phone: string): string {
  const digits = phone.slice(2);
  const parts = [digits.slice(0, 3), digits.slice(3, 6), digits.slice(6, 8), digits.slice(8)] as const;
  const style = next(dice);
  if (style < 0.4) return phone;
  if (style < 0.7) return `8${digits}`;
  if (style < 0.85) return `8 (${parts[0]}) ${parts[1]}-${parts[2]}-${parts[3]}`;
  return `+7 ${parts[0]} ${parts[1]} ${parts[2]} ${parts[3]}`;
}
