import type { Language, Receipt } from "#domains/program/index.ts";
import type { PartnerId } from "#kernel/ids.ts";
import type { Kopecks, PointsCents } from "#kernel/money.ts";
import type { EpochMs } from "#kernel/time.ts";

/** Who a request is about: a member's id, or an identifier as the till reads it (never logged, never stored raw). */
export type MemberRef =
  | { readonly by: "id"; readonly id: number }
  | { readonly by: "identifier"; readonly kind: string; readonly value: string };

export type ReceiptRequest = {
  readonly receipt: Receipt;
  readonly member?: MemberRef;
  /** A hold placed for this receipt; its points are captured as the spend. */
  readonly holdId?: string;
  /** Who sat at the till, and the device of the app or web shop; both are kept as keyed hashes only. */
  readonly cashier?: string;
  readonly device?: string;
  /** Spend all that the spending rules and the wallet allow (imports of history, where nobody stood at the till). */
  readonly spendAll?: boolean;
};

export type ReturnRequest = {
  readonly receiptId: string;
  readonly store: string;
  readonly till: string;
  readonly number: string;
  readonly at: EpochMs;
  /** Returned lines by index, or everything that is left. */
  readonly lines: readonly { readonly line: number; readonly amountKopecks: Kopecks }[] | "all";
  readonly refund: "money" | "points";
  readonly cashier?: string;
};

export type HoldRequest = {
  readonly idempotencyKey: string;
  readonly partner: PartnerId;
  readonly member: MemberRef;
  readonly pointsCents: PointsCents;
  /** Seconds until the hold times out. */
  readonly ttlSeconds: number;
  readonly reference?: string;
};

export type CaptureRequest = {
  readonly idempotencyKey: string;
  readonly holdId: string;
  readonly pointsCents: PointsCents;
};

export type VoidRequest = { readonly idempotencyKey: string; readonly holdId: string };

export type AwardRequest = {
  readonly idempotencyKey: string;
  readonly member: MemberRef;
  readonly pointsCents: PointsCents;
  /** Who pays: the seller that compensates, or the operator. */
  readonly funder: PartnerId;
  readonly reason: string;
  readonly expiresAt?: EpochMs;
};

/** Who asks, as the access domain found by the key. */
export type Principal = {
  readonly keyId: string;
  readonly role: "till" | "partner" | "analyst" | "operator" | "admin";
  readonly partner?: PartnerId;
  /** The language that sentences for a person are written in; Russian unless said. */
  readonly language?: Language;
};
