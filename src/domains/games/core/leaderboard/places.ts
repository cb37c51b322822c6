import type { BasisPoints, PointsCents } from "#kernel/money.ts";
import { splitByLargestRemainder } from "#kernel/money.ts";

/** How many of those who take part have a percent; the highest first. */
export type RateBin = readonly [rateBp: BasisPoints, members: number];

/** Equal percents have equal places, and the places they take are counted (1, 1, 3): 1 + members with a higher percent. */
export function placeOf(bins: readonly RateBin[], rateBp: BasisPoints): number {
  let above = 0;
  for (const [rate, members] of bins) if (rate > rateBp) above += members;
  return above + 1;
}

export type Entry<Who> = { readonly who: Who; readonly rateBp: BasisPoints };
export type Placed<Who> = Entry<Who> & { readonly place: number; readonly prizeCents: PointsCents };

/**
 * Places and prizes. Those with equal percents add up the prizes of the places they take and share them equally, in
 * hundredths of a point; what can't be divided goes to the first of them by `order`, one hundredth each. So the board
 * never gives more than its prizes sum to, and within a tie the order is `order`'s, whoever asks and whenever.
 */
export function placeAll<Who>(
  entries: readonly Entry<Who>[],
  prizes: readonly PointsCents[],
  order: (who: Who) => string,
): Placed<Who>[] {
  const keyed = entries.map((entry) => ({ entry, key: order(entry.who) }));
  keyed.sort((a, b) => b.entry.rateBp - a.entry.rateBp || (a.key < b.key ? -1 : Number(a.key > b.key)));
  const placed: Placed<Who>[] = [];
  for (let first = 0; first < keyed.length; ) {
    const { rateBp } = (keyed[first] as (typeof keyed)[number]).entry;
    let end = first;
    while (keyed[end]?.entry.rateBp === rateBp) end++;
    const sum = prizes.slice(first, end).reduce((total, cents) => total + cents, 0);
    const shares = splitByLargestRemainder(sum, new Array<number>(end - first).fill(1));
    for (let i = first; i < end; i++) {
      const { who } = (keyed[i] as (typeof keyed)[number]).entry;
      placed.push({ who, rateBp, place: first + 1, prizeCents: shares[i - first] as number });
    }
    first = end;
  }
  return placed;
}
