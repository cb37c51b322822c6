const ASCII = /^[\x20-\x7e]*$/;
/** Combining marks, but not those of Cyrillic letters: й is и with a breve and must stay a letter of its own. */
const LATIN_MARKS = /(?<![\u0400-\u04ff])[\u0300-\u036f]+/gu;
const APOSTROPHES = /['`´’ʼʹ"“”«»]/g;
const NOT_WORD = /[^\p{L}\p{M}\p{N}]+/gu;

/**
 * The form in which free text is compared: lower case, ё as е, Latin letters without diacritics, apostrophes dropped
 * (O'Brien is obrien), every other sign a space, spaces single. Empty when nothing is left.
 */
export function foldText(text: string): string {
  return foldLetters(text).replace(APOSTROPHES, "").replace(NOT_WORD, " ").trim();
}

/** Case, ё/е and diacritics only; signs stay. For values in which signs carry meaning, such as an e-mail. */
export function foldLetters(text: string): string {
  const lower = text.toLowerCase();
  if (ASCII.test(lower)) return lower.trim();
  const plain = lower.replaceAll("ё", "е").normalize("NFKD").replace(LATIN_MARKS, "").normalize("NFC");
  return plain.replaceAll("ё", "е").replaceAll("ß", "ss").replaceAll("ł", "l").replaceAll("ø", "o").trim();
}

/** Words of a folded text, in their order. */
export function wordsOf(folded: string): string[] {
  return folded === "" ? [] : folded.split(" ");
}

/** Only the digits of a text. */
export function digitsOf(text: string): string {
  return text.replace(/\D+/g, "");
}
