import type { PartnerId } from "#kernel/ids.ts";
import { invariant } from "#kernel/invariant.ts";
import { type PointsCents, splitByLargestRemainder } from "#kernel/money.ts";
import { type Draft, moveInLot } from "./draft.ts";
import type { Account } from "./operation.ts";
import { isSameGroup } from "./order.ts";
import type { Lot, LotShare } from "./wallet.ts";

/** One funder's cents in one lot, by position in the draft. */
type Entry = { readonly lot: number; readonly funder: number; readonly id: PartnerId; readonly cents: PointsCents };

/** Active points that have not expired by the instant being booked. */
export function drawableCents(draft: Draft): PointsCents {
  let total = 0;
  for (const lot of draft.lots) {
    if (!isDrawable(draft, lot)) continue;
    for (let f = 0; f < lot.remaining.length; f++) total += lot.remaining[f] as number;
  }
  return total;
}

/**
 * Draws `cents` of active points into `to`, group by group in the order of consumption; within a group pro rata to
 * what remains, by largest remainder, ties by funder id. The caller has checked that so much is there.
 */
export function drawActive(draft: Draft, cents: PointsCents, to: Account, redeemer: PartnerId | null): LotShare[] {
  const shares: LotShare[] = [];
  let left = cents;
  for (let start = 0; start < draft.lots.length && left > 0; ) {
    const first = draft.lots[start] as Lot;
    let end = start + 1;
    while (end < draft.lots.length && isSameGroup(first, draft.lots[end] as Lot)) end++;
    const entries = activeEntries(draft, start, end);
    left -= takePart(entries, left, (entry, taken) => {
      moveInLot(draft, entry.lot, entry.funder, "ac", to, taken, redeemer);
      const lot = draft.lots[entry.lot] as Lot;
      shares.push([lot.seq, lot.part, entry.id, taken]);
    });
    start = end;
  }
  invariant(left === 0, "drew less than asked");
  return shares;
}

function activeEntries(draft: Draft, start: number, end: number): Entry[] {
  const entries: Entry[] = [];
  for (let i = start; i < end; i++) {
    const lot = draft.lots[i] as Lot;
    if (!isDrawable(draft, lot)) continue;
    for (let f = 0; f < lot.funders.length; f++) {
      const cents = lot.remaining[f] as number;
      if (cents > 0) entries.push({ lot: i, funder: f, id: lot.funders[f] as PartnerId, cents });
    }
  }
  return end - start > 1 ? entries.sort(byFunder) : entries;
}

function byFunder(a: Entry, b: Entry): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : a.lot - b.lot;
}

function isDrawable(draft: Draft, lot: Lot): boolean {
  return lot.isActive && lot.expiresAt > draft.asOf;
}

/**
 * Takes up to `cents` from a group of entries: all of it when the group has no more, else pro rata to the entries.
 * Entries come sorted by funder id, so ties of the largest remainder fall to the lower one. Returns what was taken.
 */
export function takePart<E extends { readonly cents: PointsCents }>(
  entries: readonly E[],
  cents: PointsCents,
  take: (entry: E, taken: PointsCents) => void,
): PointsCents {
  let total = 0;
  for (const entry of entries) total += entry.cents;
  if (total === 0) return 0;
  if (total <= cents) {
    for (const entry of entries) take(entry, entry.cents);
    return total;
  }
  const weights = entries.map((entry) => entry.cents);
  const parts = splitByLargestRemainder(cents, weights);
  for (let i = 0; i < entries.length; i++) {
    const taken = parts[i] as number;
    if (taken > 0) take(entries[i] as E, taken);
  }
  return cents;
}
