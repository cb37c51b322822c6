import type { OperationFacts, Trait } from "#domains/ledger/index.ts";
import type { Receipt } from "#domains/program/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import type { Kopecks, PointsCents } from "#kernel/money.ts";
import type { EpochMs } from "#kernel/time.ts";

/** One rule of a receipt, as it was booked. */
export type BookedRule = { readonly rule: string; readonly pointsCents: PointsCents; readonly cappedBy: string };
export type BookedShare = { readonly funder: string; readonly cents: PointsCents };

/** A purchase of the window: what its till sent, and what was booked then. */
export type PurchaseRow = {
  readonly what: "purchase";
  readonly seq: number;
  readonly version: number;
  readonly receipt: Receipt;
  readonly rules: readonly BookedRule[];
  readonly shares: readonly BookedShare[];
  /** Active points after it. */
  readonly activeAfterCents: PointsCents;
  /** Earning was stopped at its partner when it came. */
  readonly isStopped: boolean;
};

/** A purchase before the window: only what it leaves behind. */
export type EarlierRow = {
  readonly what: "earlier";
  readonly seq: number;
  readonly partner: string;
  readonly at: EpochMs;
  readonly turnoverKopecks: Kopecks;
  readonly earnedCents: PointsCents;
  readonly caps: NonNullable<OperationFacts["caps"]>;
};

/** Anything else that pricing depends on: a trait, a return, a merge. */
export type OtherRow = {
  readonly what: "other";
  readonly seq: number;
  readonly at: EpochMs;
  readonly postedAt: EpochMs;
  readonly partner: string;
  readonly citesSeq: number;
  readonly facts: OperationFacts;
};

export type Row = PurchaseRow | EarlierRow | OtherRow;

/** One member's stream, in the order in which it was booked. */
export type MemberRows = {
  readonly member: MemberId;
  readonly rows: readonly Row[];
  readonly traits: readonly Trait[];
};
