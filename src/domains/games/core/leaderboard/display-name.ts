import { err, ok, type Result } from "#kernel/result.ts";

export type NameFailure = {
  readonly code: "name-refused";
  readonly why: "length" | "characters" | "digits" | "contact" | "link" | "word" | "reserved";
};

const SHORTEST = 2;
const LONGEST = 24;
/** A phone has more digits than this, whatever stands between them. */
const MOST_DIGITS = 4;
const ALLOWED = /^[\p{Script=Cyrillic}\p{Script=Latin}0-9 ._'’-]+$/u;
const BEGINS = /^[\p{Script=Cyrillic}\p{Script=Latin}0-9]/u;
/** `x.ru`, `t.me`, `www.`: letters on both sides of a dot with no space after it. */
const LINK = /https?|www|[\p{L}\d]\.[\p{L}]{2,}|t\.me/iu;
/** Names of the coalition's own people. */
const RESERVED = ["admin", "dolka", "operator", "support", "админ", "долька", "оператор", "поддержка", "модератор"];
/** Stems of words that nobody shows on a board, as `skeleton` spells them. */
const STEMS = [
  "хуй",
  "хуе",
  "пизд",
  "ебан",
  "ебат",
  "бляд",
  "муда",
  "гандон",
  "пидор",
  "пидар",
  "fuck",
  "cunt",
  "nigg",
  "hitler",
  "гитлер",
];

/**
 * A display name as a board may show it: NFKC, spaces joined. Refused: shorter than 2 or longer than 24 characters, other
 * characters than letters of the two scripts, up to 4 digits, spaces and `. _ ' -`, phones, e-mails, links, abuse.
 */
export function displayName(text: string): Result<string, NameFailure> {
  const name = text.normalize("NFKC").trim().replaceAll(/\s+/g, " ");
  const refuse = (why: NameFailure["why"]) => err({ code: "name-refused", why } as const);
  const length = [...name].length;
  if (length < SHORTEST || length > LONGEST) return refuse("length");
  if (name.includes("@")) return refuse("contact");
  if (LINK.test(name)) return refuse("link");
  if (!ALLOWED.test(name) || !BEGINS.test(name)) return refuse("characters");
  if ((name.match(/\d/g) ?? []).length > MOST_DIGITS) return refuse("digits");
  const plain = skeleton(name);
  if (STEMS.some((stem) => plain.includes(skeleton(stem)))) return refuse("word");
  if (RESERVED.some((word) => plain === skeleton(word))) return refuse("reserved");
  return ok(name);
}

/** Letters that look alike, by the Latin one (Unicode TR 39, the part of it that these two scripts need). */
const LOOKALIKES: Readonly<Record<string, string>> = {
  ...{ а: "a", в: "b", е: "e", ё: "e", з: "3", к: "k", м: "m", н: "h", о: "o", р: "p", с: "c", т: "t", у: "y", х: "x" },
  ...{ і: "i", ј: "j", ѕ: "s", ԁ: "d", l: "i", "0": "o", "1": "i", г: "r", п: "n", и: "u", й: "u" },
};

/** Two names with one skeleton look the same: one member has it, and nobody may pass for another. */
export function skeleton(name: string): string {
  const letters = name
    .toLowerCase()
    .normalize("NFKD")
    .replaceAll(/[^\p{L}\d]/gu, "");
  return [...letters].map((letter) => LOOKALIKES[letter] ?? letter).join("");
}
