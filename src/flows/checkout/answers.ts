import type { PartnerId } from "#kernel/ids.ts";
import type { PointsCents } from "#kernel/money.ts";
import type { GuardFailure } from "./guard-failure.ts";
import type { RewardRefusal } from "./reward-refusal.ts";

/** A member's sums after an operation, hundredths of a point. */
export type WalletView = {
  readonly activeCents: PointsCents;
  readonly pendingCents: PointsCents;
  readonly heldCents: PointsCents;
  readonly arrearsCents: PointsCents;
};

/** One funder's share of one rule, with the sentence a member reads. */
export type RuleView = {
  readonly rule: string;
  readonly funder: PartnerId;
  /** Kopecks the rule looked at. */
  readonly base: number;
  /** Basis points, for percent rules. */
  readonly percent?: number;
  /** Hundredths of a point. */
  readonly points: number;
  readonly why: string;
};

/**
 * Every answer is rendered from the stored operation, also the first time: so a replay is the same by construction.
 * `replayed` becomes the header `Idempotency-Replayed`.
 */
export type Answer<Body> = { readonly replayed: boolean; readonly body: Body };

export type ReceiptBody = {
  readonly receiptId: string;
  readonly operation?: string;
  readonly member?: string;
  readonly earned: PointsCents;
  /** Earned too, but given only once its funder's deposit is topped up; absent when there is nothing such. */
  readonly reserved?: PointsCents;
  readonly spent: PointsCents;
  readonly rules: readonly RuleView[];
  /** What the till should tell besides: points that are being checked, earning that is stopped. */
  readonly notes?: readonly NoteView[];
  readonly wallet?: WalletView;
  readonly programmeVersion: number;
};

export type NoteView = { readonly code: "held-for-review" | "earning-stopped"; readonly why: string };

export type ReturnBody = {
  readonly receiptId: string;
  readonly operation?: string;
  readonly member?: string;
  /** Points taken back, given back, and owed as arrears by this return. */
  readonly takenBack: PointsCents;
  readonly givenBack: PointsCents;
  readonly arrears: PointsCents;
  /** Of what was given back, expired at once (policy `original`). */
  readonly expired: PointsCents;
  /** Money to give back, kopecks; or the points given instead of it. */
  readonly refundKopecks: number;
  readonly refundPoints: PointsCents;
  readonly wallet?: WalletView;
};

export type HoldBody = {
  readonly hold: string;
  readonly operation: string;
  readonly member: string;
  readonly state: "open" | "captured" | "voided" | "timed-out";
  readonly held: PointsCents;
  readonly captured?: PointsCents;
  readonly released?: PointsCents;
  readonly expiresAt: string;
  readonly wallet: WalletView;
};

export type AwardBody = {
  readonly operation: string;
  readonly member: string;
  readonly earned: PointsCents;
  /** Given only once the funder's deposit is topped up; absent when there is nothing such. */
  readonly reserved?: PointsCents;
  readonly wallet: WalletView;
};

/** Why a request was refused; `platform/http` turns the code into a status and a sentence. Nothing was written. */
export type CheckoutFailure =
  | { readonly code: "no-programme" }
  | { readonly code: "forbidden-partner"; readonly partner: string }
  | { readonly code: "unknown-member" }
  | { readonly code: "unknown-receipt" }
  | { readonly code: "unknown-hold" }
  | {
      readonly code: "unknown-partner" | "unknown-store" | "unknown-category";
      readonly pointer: string;
      readonly value: string;
    }
  | { readonly code: "idempotency-conflict"; readonly receiptId?: string }
  | { readonly code: "insufficient-points"; readonly activeCents: PointsCents }
  | {
      readonly code: "spend-not-allowed" | "spend-over-limit";
      readonly pointer: string;
      readonly spendableCents: PointsCents;
      readonly limit: string;
    }
  | { readonly code: "spend-needs-hold" }
  | { readonly code: "spend-without-member" }
  | { readonly code: "hold-not-open"; readonly state: string }
  | { readonly code: "hold-expired" }
  | { readonly code: "hold-too-long"; readonly longestSeconds: number }
  | { readonly code: "capture-exceeds-hold"; readonly heldCents: PointsCents }
  | { readonly code: "return-exceeds-purchase"; readonly pointer: string; readonly leftKopecks: number }
  | { readonly code: "return-before-purchase" }
  | { readonly code: "unknown-line"; readonly pointer: string; readonly lines: number }
  | { readonly code: "expiry-in-past"; readonly pointer: string }
  | { readonly code: "receipt-too-late"; readonly days: number }
  | { readonly code: "receipt-in-future" }
  | { readonly code: "budget-exhausted" }
  | GuardFailure
  | { readonly code: "funder-exhausted"; readonly funder: PartnerId; readonly leftCents: PointsCents }
  | RewardRefusal
  | { readonly code: "overloaded"; readonly retryAfterSeconds: number };
