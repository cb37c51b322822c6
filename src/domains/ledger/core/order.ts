import type { PartnerId } from "#kernel/ids.ts";
import { type Lot, NEVER } from "./wallet.ts";

/**
 * The order in which lots are drawn: earliest expiry first, then operation time, then operation, then part.
 * (docs/decisions/0004, "Order")
 */
export function compareLots(a: Lot, b: Lot): number {
  if (a.expiresAt !== b.expiresAt) return a.expiresAt < b.expiresAt ? -1 : 1;
  return a.earnedAt - b.earnedAt || a.seq - b.seq || a.part - b.part;
}

/**
 * Lots of one operation with one expiry are drawn together, pro rata. Lots moved in from another programme keep their
 * own times though one operation opened them.
 */
export function isSameGroup(a: Lot, b: Lot): boolean {
  return a.seq === b.seq && a.expiresAt === b.expiresAt && a.earnedAt === b.earnedAt;
}

/**
 * The order of funders' shares of lots: groups in the order of consumption, within a group by funder id, then part, so
 * that ties of the largest remainder fall to the lower funder.
 */
export function compareShares(a: { readonly lot: Lot; readonly funder: PartnerId }, b: typeof a): number {
  if (!isSameGroup(a.lot, b.lot)) return compareLots(a.lot, b.lot);
  return a.funder < b.funder ? -1 : a.funder > b.funder ? 1 : a.lot.part - b.lot.part;
}

/** When the wallet next changes by itself: an activation, an expiry, a hold's time-out. */
export function nextChange(lots: readonly Lot[], holds: readonly { readonly expiresAt: number }[]): number {
  let next = NEVER;
  for (const lot of lots) {
    if (!hasRemaining(lot)) continue;
    if (willActivate(lot) && lot.availableAt < next) next = lot.availableAt;
    if (lot.expiresAt < next) next = lot.expiresAt;
  }
  for (const hold of holds) if (hold.expiresAt < next) next = hold.expiresAt;
  return next;
}

/** A lot that is not available before it expires stays pending until it does. */
export function willActivate(lot: Lot): boolean {
  return !lot.isActive && lot.availableAt < lot.expiresAt;
}

export function hasRemaining(lot: Lot): boolean {
  for (let i = 0; i < lot.remaining.length; i++) if ((lot.remaining[i] as number) > 0) return true;
  return false;
}
