import type { Bucket, MemberId, PartnerId } from "#kernel/ids.ts";
import type { PointsCents } from "#kernel/money.ts";
import type { Day, EpochMs } from "#kernel/time.ts";
import type { StateFacts } from "./state-facts.ts";
import type { Trait } from "./wallet.ts";

/**
 * Accounts of the ledger, by the two letters that storage uses: obligation of a funder, member pending / active / held,
 * redeemed at a partner, expired of a funder, arrears owed to a funder; `mv` is the way between two members' streams, empty
 * after every merge, unmerge and transfer.
 */
export type Account = "ob" | "pe" | "ac" | "he" | "re" | "ex" | "ar" | "mv";

/** Double entry: `cents` of `funder`'s points leave `from` and reach `to`. Lot 0/0 where no lot is concerned. */
export type Movement = readonly [
  from: Account,
  to: Account,
  lotSeq: number,
  lotPart: number,
  funder: PartnerId,
  redeemer: PartnerId | null,
  cents: PointsCents,
];

export type OperationKind =
  | "purchase"
  | "hold"
  | "capture"
  | "void"
  | "hold-timeout"
  | "return"
  | "take-back"
  /** Points that waited for a decision are let go. */
  | "release"
  | "expiry"
  | "award"
  /** Points of one member become another's of the same household, or go back. */
  | "transfer"
  | "opening"
  | "merge"
  | "unmerge"
  /** A member's data are destroyed: holds end, points go back or expire. */
  | "erasure"
  /** A change of level, boost or segment: no movements, but a place in the stream, so that no cache outlives it. */
  | "standing";

/** What the projections need besides movements, so that they can be rebuilt from operations alone. Times in epoch ms. */
export type OperationFacts = {
  /** Lots begun: [part, earned at, available at, expires at or null]. */
  lots?: (readonly [number, EpochMs, EpochMs, EpochMs | null])[];
  /** Lots that waited for a decision: [seq, part, available at] from now on. */
  available?: (readonly [number, number, EpochMs])[];
  /** When the hold placed by this operation times out. */
  hold?: EpochMs;
  /** Use of caps added: [key, amount, last day that matters]. */
  caps?: (readonly [string, number, Day])[];
  /** Points that wait for the top-up of a deposit; no projection of the ledger's. */
  reserved?: Reserved;
  /** Of a return: what it gives back to budgets that everybody shares, [key, cents]; no projection of the ledger's. */
  budgets?: (readonly [string, PointsCents])[];
  /** Traits begun or ended: [kind, key, from, until or null]. */
  traits?: (readonly [Trait["kind"], string, EpochMs, EpochMs | null])[];
  /** Of a return of a merged member's receipt: [bucket, member, seq] of the purchase in its own stream; citesSeq is its number here. */
  cited?: readonly [Bucket, MemberId, number];
  /** After this return: [the purchase's seq, what has been returned of it]. */
  returned?: readonly [number, ReturnedState];
  /** The merged member whose identifier or document it was made with, when that is not the stream's own. */
  via?: MemberId;
  /** Of a merge, an unmerge or an erasure: the rows as they are after it. */
  state?: StateFacts;
};

/** Given once a deposit is topped up, until a time; a return takes the same share of it as of the receipt's lines. */
export type Reserved = {
  readonly untilAt: EpochMs;
  readonly wholeKopecks: number;
  readonly parts: readonly (readonly [
    availableAt: EpochMs,
    expiresAt: EpochMs | null,
    funders: readonly PartnerId[],
    cents: readonly PointsCents[],
  ])[];
};

export type ReturnedState = {
  /** Kopecks returned so far, by line. */
  readonly lines: readonly number[];
  /** Cents given back so far, by draw of the purchase. */
  readonly refunded: readonly PointsCents[];
  /** Cents of each earned entry (part, funder) that were met by what had expired. */
  readonly absorbed: readonly PointsCents[];
};

export type Operation = {
  readonly seq: number;
  readonly kind: OperationKind;
  readonly partner: PartnerId;
  readonly occurredAt: EpochMs;
  readonly postedAt: EpochMs;
  readonly businessDay: Day;
  readonly accountingDay: Day;
  readonly programmeVersion: number;
  readonly receiptId?: string;
  readonly citesSeq?: number;
  readonly movements: readonly Movement[];
  readonly facts: OperationFacts | null;
  /** JSON text: what was asked and decided; opaque to the ledger. */
  readonly body: string;
};
