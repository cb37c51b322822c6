import type { MemberId, PartnerId } from "#kernel/ids.ts";
import type { PointsCents } from "#kernel/money.ts";
import type { Day, EpochMs } from "#kernel/time.ts";
import type { Draft } from "./draft.ts";
import { lotKey } from "./draft.ts";
import type { ReturnedState } from "./operation.ts";
import { type Debt, type Hold, type HoldState, type Lot, type LotShare, NEVER, type Trait, zeros } from "./wallet.ts";

/** A whole lot: seq, part, earned at, available at, expires at or null, active, funders, amount, then what became of it. */
export type LotRow = readonly [
  seq: number,
  part: number,
  earnedAt: EpochMs,
  availableAt: EpochMs,
  expiresAt: EpochMs | null,
  isActive: 0 | 1,
  funders: readonly PartnerId[],
  amount: readonly PointsCents[],
  remaining: readonly PointsCents[],
  /** held, spent, expired, taken back; 0 for all zeros. */
  held: readonly PointsCents[] | 0,
  spent: readonly PointsCents[] | 0,
  expired: readonly PointsCents[] | 0,
  takenBack: readonly PointsCents[] | 0,
];

export type HoldRow = readonly [
  seq: number,
  partner: PartnerId,
  state: HoldState,
  placedAt: EpochMs,
  expiresAt: EpochMs,
  items: readonly LotShare[],
];

export type DebtRow = readonly [funder: PartnerId, cents: PointsCents, sinceSeq: number];
export type CapRow = readonly [key: string, used: number, untilDay: Day];
export type FirstRow = readonly [partner: PartnerId, at: EpochMs];
export type TraitRow = readonly [kind: Trait["kind"], key: string, fromAt: EpochMs, untilAt: EpochMs | null];

/**
 * What a merge, an unmerge or an erasure leaves: rows touched, whole, and the wallet's lists. Movements say what went
 * where; these say what the projections are, also where nothing moved (what was spent of a lot goes along with it).
 */
export type StateFacts = {
  readonly status: "open" | "merged" | "erased";
  readonly lots: readonly LotRow[];
  readonly holds: readonly HoldRow[];
  readonly returned: readonly (readonly [purchaseSeq: number, state: ReturnedState])[];
  readonly debts: readonly DebtRow[];
  readonly caps: readonly CapRow[];
  readonly firsts: readonly FirstRow[];
  /** The other member. */
  readonly with?: MemberId;
  /** Survivor of a merge: its numbers (base, base + count] are the merged member's 1 to count. */
  readonly base?: number;
  readonly count?: number;
  /** So many of its movements had happened before it: of a merge, before the lists were taken; of an unmerge, before it began. */
  readonly waiting?: number;
  /** Survivor of a merge: what came, and what was there before. */
  readonly joined?: MergedLists;
  readonly own?: MergedLists;
  /** Unmerge: the members that went, and where their numbers went: n to shift + n, except (base, base + count]. */
  readonly members?: readonly MemberId[];
  readonly shift?: number;
  /** Unmerge: what was owed after so many of its movements, before the rest of them recovered arrears. */
  readonly owing?: readonly DebtRow[];
  readonly settled?: number;
  /** Unmerge, at the survivor: what it took back of the one that goes. */
  readonly undone?: Undone;
  /** Unmerge, at the member that goes, if others are merged into it: their life while it was merged itself, in its numbers. */
  readonly lived?: Lived;
};

/** An operation made with a sub-member's identifier, or that cites another: a member or 0, a number or 0. */
export type MadeRow = readonly [seq: number, via: MemberId, cites: number];
/** An operation's spend of a lot; below 0 for what came back. */
export type SpendRow = readonly [
  bySeq: number,
  lotSeq: number,
  part: number,
  funder: PartnerId,
  redeemer: PartnerId | null,
  cents: PointsCents,
];
/** A lot that paid the debt which an operation had begun. */
export type RecoveryRow = readonly [
  lotSeq: number,
  part: number,
  funder: PartnerId,
  creditor: PartnerId,
  sinceSeq: number,
  cents: PointsCents,
];

export type Lived = {
  readonly made: readonly MadeRow[];
  readonly spends: readonly SpendRow[];
  readonly recoveries: readonly RecoveryRow[];
};

export type Undone = {
  readonly spends: readonly (readonly [number, number, PartnerId, PartnerId | null, PointsCents])[];
  readonly recoveries: readonly RecoveryRow[];
};

export type MergedLists = {
  readonly debts: readonly DebtRow[];
  readonly caps: readonly CapRow[];
  readonly firsts: readonly FirstRow[];
  readonly traits: readonly TraitRow[];
};

/** The rows that the draft has touched so far, and its lists. */
export function stateOf(draft: Draft): Pick<StateFacts, "lots" | "holds" | "returned" | "debts" | "caps" | "firsts"> {
  const touched = draft.lots.filter((lot) => draft.newLots.has(lotKey(lot)) || draft.changedLots.has(lotKey(lot)));
  return {
    lots: touched.map(lotRow),
    holds: [...draft.changedHolds.values()].map(holdRow),
    returned: draft.returned.map(({ purchaseSeq, state }) => [purchaseSeq, state]),
    debts: draft.debts.map(debtRow),
    caps: [...draft.capUse].map(([key, [used, untilDay]]) => [key, used, untilDay]),
    firsts: [...draft.firstPurchaseAt],
  };
}

export function listsOf(draft: Draft): MergedLists {
  return {
    debts: draft.debts.map(debtRow),
    caps: [...draft.capUse].map(([key, [used, untilDay]]) => [key, used, untilDay]),
    firsts: [...draft.firstPurchaseAt],
    traits: draft.traits.map(({ kind, key, fromAt, untilAt }) => [kind, key, fromAt, untilAt ?? null]),
  };
}

export function lotRow(lot: Lot): LotRow {
  const orZero = (values: readonly number[]) => (values.some((cents) => cents !== 0) ? values : 0);
  return [
    lot.seq,
    lot.part,
    lot.earnedAt,
    lot.availableAt,
    lot.expiresAt === NEVER ? null : lot.expiresAt,
    lot.isActive ? 1 : 0,
    lot.funders,
    lot.amount,
    lot.remaining,
    orZero(lot.held),
    orZero(lot.spent),
    orZero(lot.expired),
    orZero(lot.takenBack),
  ];
}

export function lotFromRow(row: LotRow): Lot {
  const [seq, part, earnedAt, availableAt, expiresAt, isActive, funders, amount, remaining] = row;
  const [held, spent, expired, takenBack] = row.slice(9) as (readonly number[] | 0)[];
  const none = zeros(funders.length);
  return {
    seq,
    part,
    earnedAt,
    availableAt,
    expiresAt: expiresAt ?? NEVER,
    isActive: isActive === 1,
    funders,
    amount,
    remaining,
    held: held || none,
    spent: spent || none,
    expired: expired || none,
    takenBack: takenBack || none,
  };
}

function holdRow(hold: Hold): HoldRow {
  return [hold.seq, hold.partner, hold.state, hold.placedAt, hold.expiresAt, hold.items];
}

export function debtRow(debt: Debt): DebtRow {
  return [debt.funder, debt.cents, debt.sinceSeq];
}
