import type { TakeBackItem, Trait } from "#domains/ledger/index.ts";
import type { Desired, Given } from "#domains/rewards/index.ts";
import type { PartnerId } from "#kernel/ids.ts";
import { splitByLargestRemainder } from "#kernel/money.ts";

/**
 * The traits that turn the boost that is given into the one that should hold. One that moves or is taken back ends where it
 * began: it then holds at no time. `key` is the boost's where the note of it has none.
 */
export function boostChanges(given: Given | undefined, desired: Desired | undefined, key?: string): Trait[] {
  const traits: Trait[] = [];
  const givenKey = given?.key ?? key;
  if (given?.from !== undefined && givenKey !== undefined) {
    traits.push({ kind: "boost", key: givenKey, fromAt: given.from, untilAt: given.from });
  }
  if (desired?.kind === "boost") {
    const { from, until } = desired;
    traits.push({ kind: "boost", key: desired.key, fromAt: from, ...(until === null ? {} : { untilAt: until }) });
  }
  return traits;
}

/** Points of an award, to be taken back from those who funded it. */
export function pointsBack(
  { seq, cents = 0 }: Given,
  { funders, weights }: { readonly funders: readonly PartnerId[]; readonly weights: readonly number[] },
): TakeBackItem[] {
  const shares = splitByLargestRemainder(cents, weights);
  return funders.map((funder, f) => ({ seq, funder, cents: shares[f] as number }));
}
