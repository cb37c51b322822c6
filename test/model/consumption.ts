import { compareIds, splitInProportion, sum } from "./split.ts";
import type { Draw, Entry, Member } from "./types.ts";

/**
 * "Lots are drawn by expiry (never last), then operation time, then operation number"; inside a group by funder.
 * Silent: two parts of one operation with one expiry and one funder are told apart by part.
 */
export function compareForConsumption(a: Entry, b: Entry): number {
  return compareGroups(a, b) || compareIds(a.funder, b.funder) || a.part - b.part;
}

function compareGroups(a: Entry, b: Entry): number {
  const expiryA = a.expiresAt ?? Number.POSITIVE_INFINITY;
  const expiryB = b.expiresAt ?? Number.POSITIVE_INFINITY;
  if (expiryA !== expiryB) return expiryA < expiryB ? -1 : 1;
  return a.earnedAt - b.earnedAt || a.seq - b.seq;
}

/** Entries of one operation with one expiry are one group, whatever their availability. */
export function groupsInOrder(entries: readonly Entry[]): Entry[][] {
  const groups: Entry[][] = [];
  for (const entry of [...entries].sort(compareForConsumption)) {
    const last = groups.at(-1);
    if (last?.[0] && compareGroups(last[0], entry) === 0) last.push(entry);
    else groups.push([entry]);
  }
  return groups;
}

/**
 * Which entries `cents` would come from: group after group, inside a group pro rata to `weight` (what remains active,
 * or what one hold holds). Nothing is changed. Draws come in the order of consumption and are never zero.
 */
export function chooseDraws(entries: readonly Entry[], cents: number, weight: (entry: Entry) => number): Draw[] {
  const draws: Draw[] = [];
  let left = cents;
  for (const group of groupsInOrder(entries.filter((entry) => weight(entry) > 0))) {
    if (left === 0) break;
    const weights = group.map(weight);
    const fromGroup = Math.min(left, sum(weights));
    const shares = splitInProportion(fromGroup, weights);
    group.forEach((entry, i) => {
      const share = shares[i] as number;
      if (share > 0) draws.push({ seq: entry.seq, part: entry.part, funder: entry.funder, cents: share });
    });
    left -= fromGroup;
  }
  if (left > 0) throw new Error(`${left} cents more were drawn than there are`);
  return draws;
}

export function activeOf(entry: Entry): number {
  return entry.active ? entry.remaining : 0;
}

export function activeCents(member: Member): number {
  return sum(member.entries.map(activeOf));
}

export function entryOf(member: Member, of: { seq: number; part: number; funder: string }): Entry {
  const found = member.entries.find((e) => e.seq === of.seq && e.part === of.part && e.funder === of.funder);
  if (!found) throw new Error(`no lot ${of.seq}.${of.part} of ${of.funder}`);
  return found;
}
