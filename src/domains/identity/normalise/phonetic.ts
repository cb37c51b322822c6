import { transliterate } from "./script.ts";

/** Consonants that are mistaken for each other share a digit, after Soundex, refined for Slavic and German names. */
const CLASS_OF: Readonly<Record<string, string>> = {
  b: "1",
  p: "1",
  f: "2",
  v: "2",
  w: "2",
  c: "3",
  k: "3",
  g: "3",
  q: "3",
  x: "3",
  h: "",
  s: "4",
  z: "4",
  j: "4",
  d: "5",
  t: "5",
  l: "6",
  m: "7",
  n: "7",
  r: "8",
};

/**
 * A key by sound for blocking: the first letter's class, then the classes of the consonants after it, repeats once, at
 * most `length` signs. Vowels other than a first one are dropped, so typos in vowels and doubled letters keep the key.
 */
export function phoneticKey(folded: string, length = 4): string {
  const text = transliterate(folded)
    .replace(/kh/g, "h")
    .replace(/sh?ch|sh|zh|ch/g, "s")
    .replace(/ph/g, "f")
    .replace(/ts|tz/g, "s");
  let key = "";
  let last = "";
  for (const letter of text) {
    if (letter < "a" || letter > "z") continue;
    const sound = CLASS_OF[letter] ?? (key === "" ? "0" : "");
    if (sound !== "" && sound !== last) key += sound;
    if (letter !== "h") last = sound;
    if (key.length >= length) break;
  }
  return key;
}
