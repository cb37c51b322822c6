import type { Bucket, MemberId, PartnerId } from "#kernel/ids.ts";
import type { PointsCents } from "#kernel/money.ts";
import type { Day, EpochMs } from "#kernel/time.ts";

/** A lot or hold without an end. Sorts after every real instant. */
export const NEVER: EpochMs = Number.POSITIVE_INFINITY;

/**
 * Points of one operation with one availability and one expiry. Arrays run over `funders`, which are sorted.
 * Immutable: a change makes a new lot. amount = remaining + held + spent + expired + takenBack, per funder.
 */
export type Lot = {
  readonly seq: number;
  readonly part: number;
  /** The operation's own time. */
  readonly earnedAt: EpochMs;
  readonly availableAt: EpochMs;
  readonly expiresAt: EpochMs;
  /** Whether pending → active has been booked. */
  readonly isActive: boolean;
  readonly funders: readonly PartnerId[];
  readonly amount: readonly PointsCents[];
  readonly remaining: readonly PointsCents[];
  readonly held: readonly PointsCents[];
  readonly spent: readonly PointsCents[];
  readonly expired: readonly PointsCents[];
  readonly takenBack: readonly PointsCents[];
};

export type LotColumn = "remaining" | "held" | "spent" | "expired" | "takenBack";

/** [lot seq, lot part, funder, cents] */
export type LotShare = readonly [seq: number, part: number, funder: PartnerId, cents: PointsCents];

export type HoldState = "open" | "captured" | "voided" | "timed-out" | "moved";

export type Hold = {
  readonly seq: number;
  readonly partner: PartnerId;
  readonly state: HoldState;
  readonly placedAt: EpochMs;
  readonly expiresAt: EpochMs;
  readonly items: readonly LotShare[];
};

/** Points owed back, to the funder of the points that were returned; oldest first in a wallet. */
export type Debt = { readonly funder: PartnerId; readonly cents: PointsCents; readonly sinceSeq: number };

/** [use so far, last day on which it matters] */
export type CapUse = readonly [used: number, untilDay: Day];

/** What holds of a member for a time, [from, until): a level, a favourite category, a segment, a boost. */
export type Trait = {
  readonly kind: "level" | "favourite" | "segment" | "boost" | "subscription";
  readonly key: string;
  readonly fromAt: EpochMs;
  readonly untilAt?: EpochMs;
};

export type Wallet = {
  readonly bucket: Bucket;
  readonly member: MemberId;
  /** Number of the last operation; 0 before the first. */
  readonly seq: number;
  /** False for a member made by the change being computed. */
  readonly isStored: boolean;
  /** Which reading of storage this descends from: what was found out beside another one may no longer hold. */
  readonly reading?: number;
  readonly status: "open" | "merged" | "erased";
  readonly mergedInto?: MemberId;
  /** Where the merged member's numbers went: its n-th operation is the survivor's (mergedBase + n)-th. */
  readonly mergedBase?: number;
  /** Lots with something remaining or held, in the order of consumption. */
  readonly lots: readonly Lot[];
  /** Open holds, in the order of placing. */
  readonly holds: readonly Hold[];
  readonly debts: readonly Debt[];
  readonly capUse: ReadonlyMap<string, CapUse>;
  readonly firstPurchaseAt: ReadonlyMap<PartnerId, EpochMs>;
  readonly traits: readonly Trait[];
  readonly activeCents: PointsCents;
  readonly pendingCents: PointsCents;
  readonly heldCents: PointsCents;
  readonly nextChangeAt: EpochMs;
  readonly createdAt: EpochMs;
};

export function emptyWallet(bucket: Bucket, member: MemberId, createdAt: EpochMs): Wallet {
  return {
    bucket,
    member,
    seq: 0,
    isStored: false,
    status: "open",
    lots: [],
    holds: [],
    debts: [],
    capUse: new Map(),
    firstPurchaseAt: new Map(),
    traits: [],
    activeCents: 0,
    pendingCents: 0,
    heldCents: 0,
    nextChangeAt: NEVER,
    createdAt,
  };
}

const zeroArrays: (readonly number[])[] = [];

/** A shared array of n zeros: most lots have most columns empty. */
export function zeros(n: number): readonly number[] {
  let array = zeroArrays[n];
  if (array === undefined) {
    array = Object.freeze(new Array<number>(n).fill(0));
    zeroArrays[n] = array;
  }
  return array;
}

export function sum(values: readonly number[]): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i] as number;
  return total;
}

export function isOpen(lot: Lot): boolean {
  return sum(lot.remaining) + sum(lot.held) > 0;
}

export function arrearsOf(wallet: { readonly debts: readonly Debt[] }): PointsCents {
  let total = 0;
  for (const debt of wallet.debts) total += debt.cents;
  return total;
}
