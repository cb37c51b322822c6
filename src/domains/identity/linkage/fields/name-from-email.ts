export type NameHints = { readonly given?: string; readonly surname?: string };
type Known = { readonly given: string; readonly surname: string };

/**
 * Reads what the words of an e-mail's local part say of a name that is partly or wholly missing. A word counts as a
 * given name or surname when the file itself has it in that column; single letters are initials. thomas.green and a
 * known surname Green give Thomas; p.kirk gives Kirk and P.; evied gives Evie and D. Says nothing where it would guess.
 */
export function createNameReader(
  givenNames: readonly string[],
  surnames: readonly string[],
): (words: readonly string[], known: Known) => NameHints {
  const givens = vocabulary(givenNames);
  const families = vocabulary(surnames);
  return (words, known) => {
    if (words.length === 0) return {};
    if (known.surname !== "") return { given: beside(words, known.surname, givens) };
    if (known.given !== "") return { surname: beside(words, known.given, families) };
    if (words.length >= 2) return fromTwo(words[0] as string, words[words.length - 1] as string, givens, families);
    return fromOne(words[0] as string, givens, families);
  };
}

type Vocabulary = ReadonlyMap<string, number>;

function vocabulary(names: readonly string[]): Vocabulary {
  const counts = new Map<string, number>();
  for (const name of names) if (name.length >= 3) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** The other name beside a known one: what is left of the local part when the known name or its initial is taken out. */
function beside(words: readonly string[], known: string, names: Vocabulary): string {
  const others = words.filter((word) => word !== known);
  if (words.length >= 2 && others.length === words.length - 1) return trusted(others[0] as string, names);
  if (words.length >= 2) {
    const initial = words.indexOf(known[0] as string);
    if (initial >= 0) return trusted(words[initial === 0 ? 1 : 0] as string, names);
    return "";
  }
  const word = words[0] as string;
  if (word.startsWith(known)) return trusted(word.slice(known.length), names);
  if (word.endsWith(known)) return trusted(word.slice(0, -known.length), names);
  if (word.endsWith(known[0] as string) && names.has(word.slice(0, -1))) return word.slice(0, -1);
  if (word.startsWith(known[0] as string) && names.has(word.slice(1))) return word.slice(1);
  return word.length === 2 && word.includes(known[0] as string) ? word.replace(known[0] as string, "") : "";
}

function trusted(word: string, names: Vocabulary): string {
  return word.length === 1 || names.has(word) ? word : "";
}

function fromTwo(a: string, b: string, givens: Vocabulary, families: Vocabulary): NameHints {
  const straight = fit(a, givens) + fit(b, families);
  const crossed = fit(b, givens) + fit(a, families);
  if (straight === 0 && crossed === 0) return {};
  return straight >= crossed
    ? { given: trusted(a, givens), surname: trusted(b, families) }
    : { given: trusted(b, givens), surname: trusted(a, families) };
}

function fit(word: string, names: Vocabulary): number {
  return word.length === 1 ? 0.5 : Math.log1p(names.get(word) ?? 0);
}

/** One run of letters: two names, or a name and an initial, by the split whose names are the most frequent. */
function fromOne(word: string, givens: Vocabulary, families: Vocabulary): NameHints {
  let best: NameHints = {};
  let bestFit = 0;
  for (let cut = 1; cut < word.length; cut++) {
    const [head, tail] = [word.slice(0, cut), word.slice(cut)];
    for (const [given, surname] of [
      [head, tail],
      [tail, head],
    ] as const) {
      if (given.length === 1 && surname.length === 1) continue;
      const known = (given.length === 1 || givens.has(given)) && (surname.length === 1 || families.has(surname));
      const score = known ? fit(given, givens) + fit(surname, families) : 0;
      if (score > bestFit) {
        bestFit = score;
        best = { given, surname };
      }
    }
  }
  return best;
}
