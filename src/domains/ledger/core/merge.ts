import { invariant } from "#kernel/invariant.ts";
import { bookDue } from "./book-due.ts";
import {
  type Change,
  type Draft,
  factsOf,
  finish,
  insertLot,
  lotKey,
  recordOperation,
  setHold,
  setTrait,
  touchLot,
} from "./draft.ts";
import type { Account, ReturnedState } from "./operation.ts";
import { recoverArrears } from "./recover.ts";
import { listsOf, stateOf, type TraitRow } from "./state-facts.ts";
import { type CapUse, type Lot, type LotShare, type Trait, zeros } from "./wallet.ts";

export type MergeCommand = {
  /** What has been returned of the merged member's purchases. */
  readonly returned: ReadonlyMap<number, ReturnedState>;
  readonly body: (draft: Draft, role: "survivor" | "merged") => string;
};

/** Both members' changes, posted together or not at all. */
export type MergeChanges = { readonly survivor: Change; readonly merged: Change };

/**
 * Moves one member's points into another's stream (docs/decisions/0010). Both drafts hold all lots, closed ones too. The
 * merged member's numbers 1 to n become the survivor's base + 1 to base + n, so whatever names a number (a lot, a hold, a
 * draw, a return) goes on by adding `base`. Arrears are recovered at once, the survivor's own first.
 */
export function mergeWallets(survivor: Draft, merged: Draft, command: MergeCommand): MergeChanges {
  invariant(survivor.before.member !== merged.before.member, "a member can't be merged into itself");
  bookDue(survivor);
  bookDue(merged);
  // What time has done to the survivor alone stands first in the operation.
  const waiting = survivor.movements.length;
  const base = survivor.seq;
  const count = merged.seq + 1;
  const own = listsOf(survivor);
  const joined = listsOf(merged);
  moveLots(survivor, merged, base);
  moveHolds(survivor, merged, base);
  moveDebts(survivor, merged, base);
  survivor.capUse = addCaps(survivor.capUse, merged.capUse);
  survivor.firstPurchaseAt = earliest(survivor.firstPurchaseAt, merged.firstPurchaseAt);
  merged.capUse = new Map();
  merged.firstPurchaseAt = new Map();
  for (const trait of merged.traits) joinTrait(survivor, trait);
  for (const [seq, state] of command.returned) survivor.returned.push({ purchaseSeq: base + seq, state });

  survivor.seq = base + count;
  recoverArrears(survivor);
  const other = { base, count };
  factsOf(survivor).state = {
    status: "open",
    ...stateOf(survivor),
    with: merged.before.member,
    ...other,
    ...(waiting > 0 ? { waiting } : {}),
    own,
    joined: { ...joined, debts: joined.debts.map(([funder, cents, since]) => [funder, cents, base + since] as const) },
  };
  factsOf(merged).state = { status: "merged", ...stateOf(merged), with: survivor.before.member, ...other };
  record(survivor, "merge", (draft) => command.body(draft, "survivor"));
  record(merged, "merge", (draft) => command.body(draft, "merged"));
  const change = finish(merged);
  const status = { status: "merged", mergedInto: survivor.before.member, mergedBase: base } as const;
  return { survivor: finish(survivor), merged: { ...change, after: { ...change.after, ...status } } };
}

export function record(draft: Draft, kind: "merge" | "unmerge" | "erasure", body: (draft: Draft) => string): void {
  const { now, operator, calendar } = draft.context;
  recordOperation(draft, { kind, partner: operator, occurredAt: now, businessDay: calendar.dayOf(now) }, body);
}

function moveLots(survivor: Draft, merged: Draft, base: number): void {
  for (let i = 0; i < merged.lots.length; i++) {
    const lot = merged.lots[i] as Lot;
    const arrived = { ...lot, seq: base + lot.seq };
    moveLot(merged, i, survivor, arrived);
    insertLot(survivor.lots, arrived);
    survivor.newLots.add(lotKey(arrived));
  }
}

/** Empties a lot and records what moves, at both ends. Its amount stays: what is missing from it has moved. */
export function moveLot(from: Draft, index: number, to: Draft, arrived: Lot): void {
  const lot = from.lots[index] as Lot;
  const none = zeros(lot.funders.length);
  from.lots[index] = { ...lot, remaining: none, held: none, spent: none, expired: none, takenBack: none };
  touchLot(from, lot);
  for (let f = 0; f < lot.funders.length; f++) {
    const funder = lot.funders[f] as string;
    const each = (account: Account, cents: number): void => {
      if (cents === 0) return;
      from.movements.push([account, "mv", lot.seq, lot.part, funder, null, cents]);
      to.movements.push(["mv", account, arrived.seq, arrived.part, funder, null, cents]);
    };
    each(lot.isActive ? "ac" : "pe", lot.remaining[f] as number);
    each("he", lot.held[f] as number);
  }
}

function moveHolds(survivor: Draft, merged: Draft, base: number): void {
  for (const hold of merged.holds.slice()) {
    const items = renumberShares(hold.items, (seq) => base + seq);
    setHold(merged, { ...hold, state: "moved" });
    setHold(survivor, { ...hold, seq: base + hold.seq, items });
  }
}

export function renumberShares(items: readonly LotShare[], renumber: (seq: number) => number): LotShare[] {
  return items.map(([seq, part, funder, cents]) => [renumber(seq), part, funder, cents]);
}

/** The survivor's own debts stay the oldest; between two streams only their own order is known. */
function moveDebts(survivor: Draft, merged: Draft, base: number): void {
  for (const debt of merged.debts) {
    merged.movements.push(["mv", "ar", 0, 0, debt.funder, null, debt.cents]);
    survivor.movements.push(["ar", "mv", 0, 0, debt.funder, null, debt.cents]);
    survivor.debts.push({ ...debt, sinceSeq: base + debt.sinceSeq });
  }
  merged.debts = [];
}

function addCaps(own: ReadonlyMap<string, CapUse>, joined: ReadonlyMap<string, CapUse>): ReadonlyMap<string, CapUse> {
  const sums = new Map(own);
  for (const [key, [used, untilDay]] of joined) {
    const known = sums.get(key);
    sums.set(key, known ? [known[0] + used, Math.max(known[1], untilDay)] : [used, untilDay]);
  }
  return sums;
}

export function earliest<K>(own: ReadonlyMap<K, number>, joined: ReadonlyMap<K, number>): ReadonlyMap<K, number> {
  const first = new Map(own);
  for (const [key, at] of joined) first.set(key, Math.min(first.get(key) ?? at, at));
  return first;
}

/** The same trait at both holds for the longer time. */
function joinTrait(survivor: Draft, trait: Trait): void {
  const known = survivor.traits.find((each) => isSameTrait(each, trait));
  if (!known) setTrait(survivor, trait);
  else if (known.untilAt !== undefined && (trait.untilAt ?? Number.POSITIVE_INFINITY) > known.untilAt) {
    setTrait(survivor, trait);
  }
}

export function isSameTrait(a: Trait, b: Trait): boolean {
  return a.kind === b.kind && a.key === b.key && a.fromAt === b.fromAt;
}

export function traitFromRow([kind, key, fromAt, untilAt]: TraitRow): Trait {
  return { kind, key, fromAt, ...(untilAt === null ? {} : { untilAt }) };
}
