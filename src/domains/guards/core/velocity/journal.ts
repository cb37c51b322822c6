import type { GuardFacts } from "./facts.ts";

/**
 * A batch's facts as one text: [1, time, texts, [kind, time after it, store, partner, channel, kopecks, earned,
 * spent, keys...], ...]. Texts that repeat stand once; keys come last.
 */
const FORMAT = 1;
const KINDS = ["purchase", "hold", "return"] as const;

export function writeJournal(all: readonly GuardFacts[]): string {
  const texts: string[] = [];
  const places = new Map<string, number>();
  const placeOf = (text: string): number => {
    let place = places.get(text);
    if (place === undefined) {
      place = texts.length;
      texts.push(text);
      places.set(text, place);
    }
    return place;
  };
  const base = all[0]?.at ?? 0;
  const rows = all.map(({ kind, at, keys, store, partner, channel, kopecks, earnedCents, spentCents }) => [
    KINDS.indexOf(kind),
    at - base,
    placeOf(store),
    placeOf(partner),
    placeOf(channel),
    kopecks,
    earnedCents,
    spentCents,
    ...keys,
  ]);
  return JSON.stringify([FORMAT, base, texts, rows]);
}

/** What `writeJournal` was given; nothing of a format that is not known (a newer version runs beside this one). */
export function readJournal(text: string): GuardFacts[] {
  const [format, base, texts, rows] = JSON.parse(text) as [number, number, string[], number[][]];
  if (format !== FORMAT) return [];
  return rows.map((row) => {
    const [kind, after, store, partner, channel, kopecks, earnedCents, spentCents] = row as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    return {
      kind: KINDS[kind] as GuardFacts["kind"],
      at: base + after,
      keys: row.slice(8),
      store: texts[store] as string,
      partner: texts[partner] as string,
      channel: texts[channel] as string,
      kopecks,
      earnedCents,
      spentCents,
    };
  });
}
