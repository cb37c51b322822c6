import { NAME_GROUPS } from "./diminutives.ts";
import { looseSpelling, transliterate } from "./script.ts";
import { foldText, wordsOf } from "./text.ts";

/** Parts of a person's name, folded; a part that was not given is empty. */
export type PersonName = { readonly given: string; readonly surname: string; readonly patronymic: string };

const GROUPS_OF = indexGroups();
const FULL_NAMES = new Set(GROUPS_OF.keys());

/**
 * Groups (numbers) of given names a folded name belongs to, in Cyrillic or in a transliteration: Саша, Sasha and
 * Aleksandr share one. Empty for a name that the table doesn't know.
 */
export function nameGroups(folded: string): readonly number[] {
  return GROUPS_OF.get(folded) ?? GROUPS_OF.get(looseSpelling(folded)) ?? [];
}

/** Whether two folded given names may be one person's: equal, variants, or transliterations of one another. */
export function mayBeSameGivenName(a: string, b: string): boolean {
  if (a === b || looseSpelling(a) === looseSpelling(b)) return true;
  const groups = nameGroups(a);
  return nameGroups(b).some((group) => groups.includes(group));
}

/**
 * One key for all names that may be one person's given name. A name of several groups (Слава) takes the first, so a
 * key is a grouping for blocking and counting, not a proof.
 */
export function givenNameKey(folded: string): string {
  const words = wordsOf(folded);
  const group = nameGroups(words[0] ?? "")[0];
  return group === undefined ? looseSpelling(folded) : `#${group}`;
}

const PATRONYMIC = /(?:ович|евич|ич|овна|евна|ична|инична|улы|кызы|оглы)$/;
const PATRONYMIC_LATIN = /(?:ovich|evich|yevich|ovitch|ovna|evna|yevna|ichna|inichna|ogly|kyzy)$/;
const SURNAME = /(?:ов|ова|ев|ева|ин|ина|ын|ына|ский|ская|цкий|цкая|енко|ук|юк|чук|ко|ян|дзе|швили|ых|их)$/;
const SURNAME_LATIN = /(?:ov|ova|off|ev|eva|in|ina|sky|skii|skiy|skaya|skaia|enko|uk|yuk|chuk|ian|yan|dze|shvili)$/;

/** Whether a folded word has a patronymic's ending (Ильич and Кузьмич too, but no surname such as Рудич alone). */
export function looksLikePatronymic(folded: string): boolean {
  return folded.length >= 5 && (PATRONYMIC.test(folded) || PATRONYMIC_LATIN.test(folded));
}

/**
 * Parts of a full name, whatever their order: "Иванов Иван Иванович", "Иван Иванович Иванов", "Smith, John",
 * "John Smith". A comma ends a surname; a patronymic is known by its ending and follows the given name; else a known
 * given name or a surname's ending decides; else the given name is first in Latin and the surname in Cyrillic
 * (the order of Russian forms).
 */
export function parsePersonName(text: string): PersonName {
  const comma = text.indexOf(",");
  if (comma > 0) {
    const surname = foldText(text.slice(0, comma));
    const rest = wordsOf(foldText(text.slice(comma + 1)));
    if (surname !== "" && rest.length > 0)
      return { surname, given: rest[0] ?? "", patronymic: rest.slice(1).join(" ") };
  }
  const words = wordsOf(foldText(text));
  if (words.length <= 1) return loneWord(words[0] ?? "");
  const at = words.findIndex((word, index) => index > 0 && looksLikePatronymic(word));
  if (at > 0) {
    const given = words[at - 1] as string;
    const others = words.filter((_, index) => index !== at && index !== at - 1);
    return { given, patronymic: words[at] as string, surname: others.join(" ") };
  }
  return byFirstOrLast(words);
}

function byFirstOrLast(words: readonly string[]): PersonName {
  const first = words[0] as string;
  const last = words[words.length - 1] as string;
  const firstScore = givenScore(first) - givenScore(last);
  const surnameFirst = firstScore < 0 || (firstScore === 0 && /[\u0400-\u04ff]/.test(first));
  if (surnameFirst) return { surname: first, given: words[1] as string, patronymic: words.slice(2).join(" ") };
  return { given: first, surname: last, patronymic: words.slice(1, -1).join(" ") };
}

/** +1 for a known given name, -1 for a surname's ending, 0 for neither or both. */
function givenScore(word: string): number {
  const given = nameGroups(word).length > 0 ? 1 : 0;
  const surname = word.length >= 4 && (SURNAME.test(word) || SURNAME_LATIN.test(word)) ? 1 : 0;
  return given === 1 ? 1 : -surname;
}

function loneWord(word: string): PersonName {
  const isGiven = givenScore(word) >= 0;
  return { given: isGiven ? word : "", surname: isGiven ? "" : word, patronymic: "" };
}

/** The masculine form of a Russian surname (Иванова → Иванов, Белая → Белый), so that spouses and forms meet. */
export function surnameStem(folded: string): string {
  const latin = transliterate(folded);
  return latin
    .replace(/(?:skaia|skaya|skii|skiy|skij|skyi|sky|ski|ska)$/, "sk")
    .replace(/(ov|ev|in|yn)a$/, "$1")
    .replace(/(?:aia|aya|yi|yy|ii|iy|oi|oy)$/, "");
}

/** Whether the table of given names knows this folded name. */
export function isKnownGivenName(folded: string): boolean {
  return FULL_NAMES.has(folded) || FULL_NAMES.has(looseSpelling(folded));
}

function indexGroups(): Map<string, number[]> {
  const index = new Map<string, number[]>();
  for (const [group, names] of NAME_GROUPS.entries()) {
    for (const name of names) {
      for (const form of new Set([name, transliterate(name), looseSpelling(name)])) {
        const groups = index.get(form);
        if (!groups) index.set(form, [group]);
        else if (!groups.includes(group)) groups.push(group);
      }
    }
  }
  return index;
}
