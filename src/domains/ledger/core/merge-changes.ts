import { type Change, lotKey } from "./draft.ts";
import type { Hold, Lot, Trait } from "./wallet.ts";

/** Joins a member's changes in a row into one, so that a batch writes each row once. */
export function mergeChanges(changes: readonly Change[]): Change {
  const first = changes[0] as Change;
  if (changes.length === 1) return first;
  const newLots = new Map<number, Lot>();
  const changedLots = new Map<number, Lot>();
  const newHolds = new Map<number, Hold>();
  const changedHolds = new Map<number, Hold>();
  const returned = new Map<number, Change["returned"][number]>();
  const traits = new Map<string, Trait>();
  for (const change of changes) {
    for (const lot of change.newLots) newLots.set(lotKey(lot), lot);
    for (const lot of change.changedLots) (newLots.has(lotKey(lot)) ? newLots : changedLots).set(lotKey(lot), lot);
    for (const hold of change.newHolds) newHolds.set(hold.seq, hold);
    for (const hold of change.changedHolds) (newHolds.has(hold.seq) ? newHolds : changedHolds).set(hold.seq, hold);
    for (const trait of change.changedTraits) traits.set(`${trait.kind}|${trait.key}|${trait.fromAt}`, trait);
    for (const row of change.returned) returned.set(row.purchaseSeq, row);
  }
  return {
    before: first.before,
    after: (changes[changes.length - 1] as Change).after,
    operations: changes.flatMap((change) => change.operations),
    newLots: [...newLots.values()],
    changedLots: [...changedLots.values()],
    newHolds: [...newHolds.values()],
    changedHolds: [...changedHolds.values()],
    returned: [...returned.values()],
    changedTraits: [...traits.values()],
  };
}
