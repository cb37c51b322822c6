import type { MemberId, PartnerId } from "#kernel/ids.ts";
import { invariant } from "#kernel/invariant.ts";
import type { PointsCents } from "#kernel/money.ts";
import type { Calendar, Day, EpochMs } from "#kernel/time.ts";
import type { Account, Movement, Operation, OperationFacts, OperationKind, ReturnedState } from "./operation.ts";
import { compareLots, nextChange } from "./order.ts";
import {
  type CapUse,
  type Debt,
  type Hold,
  isOpen,
  type Lot,
  type LotColumn,
  NEVER,
  type Trait,
  type Wallet,
  zeros,
} from "./wallet.ts";

/** When and under which rules a change is posted. */
export type PostingContext = {
  readonly now: EpochMs;
  readonly calendar: Calendar;
  /** The first day that may still be booked on. */
  readonly firstOpenDay: Day;
  readonly programmeVersion: number;
  /** Books what nobody asked for: expiries and time-outs are the operator's. */
  readonly operator: PartnerId;
};

/**
 * A working copy of one wallet. Commands change it and record operations; on a refusal it is thrown away, so a refused
 * request changes nothing. `finish` gives the change to store.
 */
export type Draft = {
  readonly before: Wallet;
  readonly context: PostingContext;
  /** The merged member that the request named, when the wallet is its survivor's. */
  readonly via: MemberId | undefined;
  /** The instant being booked: behind `now` while overdue changes are caught up with. */
  asOf: EpochMs;
  seq: number;
  lots: Lot[];
  holds: Hold[];
  debts: Debt[];
  capUse: ReadonlyMap<string, CapUse>;
  firstPurchaseAt: ReadonlyMap<PartnerId, EpochMs>;
  traits: readonly Trait[];
  readonly changedTraits: Trait[];
  /** Movements of the operation being written; activations wait here for the next one. */
  movements: Movement[];
  facts: OperationFacts | null;
  readonly operations: Operation[];
  readonly newLots: Set<number>;
  readonly changedLots: Set<number>;
  readonly changedHolds: Map<number, Hold>;
  readonly returned: ReturnedRow[];
};

/** A row of `purchase_return`; see `return-purchase.ts`. */
export type ReturnedRow = { readonly purchaseSeq: number; readonly state: ReturnedState };

/** A lot's key within its member: parts are fewer than 64. */
export function lotKey(lot: { readonly seq: number; readonly part: number }): number {
  return lot.seq * 64 + lot.part;
}

/** Opens a working copy; `closedLots` are lots that a return may have to fill again. */
export function openDraft(
  wallet: Wallet,
  context: PostingContext,
  closedLots: readonly Lot[] = [],
  via?: MemberId,
): Draft {
  const lots = wallet.lots.slice();
  for (const lot of closedLots) insertLot(lots, lot);
  return {
    before: wallet,
    context,
    via,
    asOf: context.now,
    seq: wallet.seq,
    lots,
    holds: wallet.holds.slice(),
    debts: wallet.debts.slice(),
    capUse: wallet.capUse,
    firstPurchaseAt: wallet.firstPurchaseAt,
    traits: wallet.traits,
    changedTraits: [],
    movements: [],
    facts: null,
    operations: [],
    newLots: new Set(),
    changedLots: new Set(),
    changedHolds: new Map(),
    returned: [],
  };
}

export function insertLot(lots: Lot[], lot: Lot): void {
  let at = lots.length;
  while (at > 0 && compareLots(lots[at - 1] as Lot, lot) > 0) at--;
  lots.splice(at, 0, lot);
}

/** Where each account keeps a lot's cents. Pending and active are the same column of a lot in different states. */
const COLUMN_OF: Partial<Record<Account, LotColumn>> = {
  pe: "remaining",
  ac: "remaining",
  he: "held",
  re: "spent",
  ex: "expired",
  ob: "takenBack",
  // Points that another member of the household has now: gone from this lot as if spent.
  mv: "spent",
};

/** Moves cents of one funder within a lot and records the movement. */
export function moveInLot(
  draft: Draft,
  lotIndex: number,
  funderIndex: number,
  from: Account,
  to: Account,
  cents: PointsCents,
  redeemer: PartnerId | null = null,
): void {
  const lot = draft.lots[lotIndex] as Lot;
  const source = COLUMN_OF[from] as LotColumn;
  const target = COLUMN_OF[to] as LotColumn;
  const sourceColumn = lot[source].slice();
  const targetColumn = lot[target].slice();
  sourceColumn[funderIndex] = (sourceColumn[funderIndex] as number) - cents;
  targetColumn[funderIndex] = (targetColumn[funderIndex] as number) + cents;
  invariant(cents > 0 && (sourceColumn[funderIndex] as number) >= 0, "a lot can't give more than it has");
  draft.lots[lotIndex] = { ...lot, [source]: sourceColumn, [target]: targetColumn };
  touchLot(draft, lot);
  draft.movements.push([from, to, lot.seq, lot.part, lot.funders[funderIndex] as PartnerId, redeemer, cents]);
}

export function touchLot(draft: Draft, lot: Lot): void {
  const key = lotKey(lot);
  if (!draft.newLots.has(key)) draft.changedLots.add(key);
}

export type NewLot = {
  readonly part: number;
  readonly earnedAt: EpochMs;
  readonly availableAt: EpochMs;
  readonly expiresAt: EpochMs;
  readonly funders: readonly PartnerId[];
  readonly amount: readonly PointsCents[];
  /** Issued unless said: a transfer brings points that were issued before. */
  readonly from?: "ob" | "mv";
};

/** Adds a lot born by the operation being written, and its movements. Funders without an amount stay out. */
export function addLot(draft: Draft, given: NewLot): void {
  const { from = "ob", ...lot } = withoutZeros(given);
  if (lot.funders.length === 0) return;
  const seq = draft.seq + 1;
  const { now } = draft.context;
  // A receipt so late that its points have expired already: they never become active.
  const isActive = lot.availableAt <= now && lot.expiresAt > now;
  const none = zeros(lot.funders.length);
  const added: Lot = {
    ...lot,
    seq,
    isActive,
    remaining: lot.amount,
    held: none,
    spent: none,
    expired: none,
    takenBack: none,
  };
  insertLot(draft.lots, added);
  draft.newLots.add(lotKey(added));
  const facts = factsOf(draft);
  facts.lots ??= [];
  facts.lots.push([lot.part, lot.earnedAt, lot.availableAt, lot.expiresAt === NEVER ? null : lot.expiresAt]);
  for (let f = 0; f < lot.funders.length; f++) {
    const [funder, cents] = [lot.funders[f] as PartnerId, lot.amount[f] as PointsCents];
    draft.movements.push([from, isActive ? "ac" : "pe", seq, lot.part, funder, null, cents]);
  }
}

function withoutZeros(lot: NewLot): NewLot {
  if (!lot.amount.includes(0)) return lot;
  const kept = lot.funders.map((_, f) => f).filter((f) => lot.amount[f] !== 0);
  return {
    ...lot,
    funders: kept.map((f) => lot.funders[f] as PartnerId),
    amount: kept.map((f) => lot.amount[f] as number),
  };
}

export function factsOf(draft: Draft): OperationFacts {
  draft.facts ??= {};
  return draft.facts;
}

/** Adds to the use of caps and forgets keys whose last day has passed. */
export function addCapUse(
  draft: Draft,
  uses: readonly (readonly [key: string, amount: number, untilDay: Day])[],
): void {
  if (uses.length === 0) return;
  factsOf(draft).caps = uses.slice();
  draft.capUse = mergeCapUse(draft.capUse, uses, draft.context.calendar.dayOf(draft.context.now));
}

export function mergeCapUse(
  known: ReadonlyMap<string, CapUse>,
  uses: readonly (readonly [key: string, amount: number, untilDay: Day])[],
  today: Day,
): ReadonlyMap<string, CapUse> {
  const merged = new Map<string, CapUse>();
  for (const [key, use] of known) if (use[1] >= today) merged.set(key, use);
  for (const [key, amount, untilDay] of uses) {
    const used = (merged.get(key)?.[0] ?? 0) + amount;
    merged.set(key, [used, untilDay]);
  }
  return merged;
}

/** Begins a trait, or ends a known one: traits are the same by kind, key and beginning. */
export function setTrait(draft: Draft, trait: Trait): void {
  const isSame = (known: Trait): boolean =>
    known.kind === trait.kind && known.key === trait.key && known.fromAt === trait.fromAt;
  const others = draft.traits.filter((known) => !isSame(known));
  // One that ends where it begins never holds: an unmerge takes a trait away so.
  draft.traits = trait.untilAt !== undefined && trait.untilAt <= trait.fromAt ? others : [...others, trait];
  const facts = factsOf(draft);
  facts.traits ??= [];
  facts.traits.push([trait.kind, trait.key, trait.fromAt, trait.untilAt ?? null]);
  draft.changedTraits.push(trait);
}

export function setHold(draft: Draft, hold: Hold): void {
  draft.changedHolds.set(hold.seq, hold);
  const at = draft.holds.findIndex((known) => known.seq === hold.seq);
  if (hold.state !== "open") {
    if (at >= 0) draft.holds.splice(at, 1);
  } else if (at >= 0) {
    draft.holds[at] = hold;
  } else {
    draft.holds.push(hold);
  }
}

export type OperationHeader = {
  readonly kind: OperationKind;
  readonly partner: PartnerId;
  readonly occurredAt: EpochMs;
  readonly businessDay: Day;
  readonly programmeVersion?: number;
  readonly receiptId?: string;
  readonly citesSeq?: number;
};

/** Closes the operation being written. `body` is called last, so that it can tell the sums after it. */
export function recordOperation(draft: Draft, header: OperationHeader, body: (draft: Draft) => string): void {
  draft.seq += 1;
  // What time does by itself is nobody's.
  if (draft.via !== undefined && header.kind !== "expiry" && header.kind !== "hold-timeout") {
    factsOf(draft).via = draft.via;
  }
  draft.operations.push({
    programmeVersion: draft.context.programmeVersion,
    ...header,
    seq: draft.seq,
    postedAt: draft.context.now,
    accountingDay: Math.max(header.businessDay, draft.context.firstOpenDay),
    movements: draft.movements,
    facts: draft.facts,
    body: body(draft),
  });
  draft.movements = [];
  draft.facts = null;
}

export type WalletSums = {
  readonly activeCents: PointsCents;
  readonly pendingCents: PointsCents;
  readonly heldCents: PointsCents;
};

export function sumsOf(lots: readonly Lot[]): WalletSums {
  let activeCents = 0;
  let pendingCents = 0;
  let heldCents = 0;
  for (const lot of lots) {
    for (let f = 0; f < lot.funders.length; f++) {
      if (lot.isActive) activeCents += lot.remaining[f] as number;
      else pendingCents += lot.remaining[f] as number;
      heldCents += lot.held[f] as number;
    }
  }
  return { activeCents, pendingCents, heldCents };
}

/** What a command changed: the rows to write and the wallet after them. */
export type Change = {
  readonly before: Wallet;
  readonly after: Wallet;
  readonly operations: readonly Operation[];
  readonly newLots: readonly Lot[];
  readonly changedLots: readonly Lot[];
  readonly newHolds: readonly Hold[];
  readonly changedHolds: readonly Hold[];
  readonly returned: readonly ReturnedRow[];
  /** Traits begun, or given an end. */
  readonly changedTraits: readonly Trait[];
};

export function finish(draft: Draft): Change {
  invariant(draft.movements.length === 0, "movements without an operation");
  const newLots: Lot[] = [];
  const changedLots: Lot[] = [];
  const open: Lot[] = [];
  for (const lot of draft.lots) {
    const key = lotKey(lot);
    if (draft.newLots.has(key)) newLots.push(lot);
    else if (draft.changedLots.has(key)) changedLots.push(lot);
    if (isOpen(lot)) open.push(lot);
  }
  const firstNewSeq = draft.before.seq + 1;
  const holds = [...draft.changedHolds.values()];
  return {
    before: draft.before,
    after: {
      ...draft.before,
      isStored: true,
      seq: draft.seq,
      lots: open,
      holds: draft.holds,
      debts: draft.debts,
      capUse: draft.capUse,
      firstPurchaseAt: draft.firstPurchaseAt,
      traits: draft.traits,
      ...sumsOf(open),
      nextChangeAt: nextChange(open, draft.holds),
    },
    operations: draft.operations,
    newLots,
    changedLots,
    newHolds: holds.filter((hold) => hold.seq >= firstNewSeq),
    changedHolds: holds.filter((hold) => hold.seq < firstNewSeq),
    returned: draft.returned,
    changedTraits: draft.changedTraits,
  };
}
