import type { Bucket, MemberId, PartnerId } from "#kernel/ids.ts";
import type { Kopecks } from "#kernel/money.ts";
import type { Day, EpochMs } from "#kernel/time.ts";
import type { Change } from "../core/draft.ts";

/** A natural key claimed by an operation, or by a receipt without a member. */
export type KeyClaim = {
  readonly keyBucket: Bucket;
  readonly keyHash: Uint8Array;
  readonly bodyHash: Uint8Array;
  readonly member?: MemberId;
  readonly bucket?: Bucket;
  readonly seq?: number;
};

/** A card never seen before, and the member made for it. */
export type NewIdentifier = {
  readonly idBucket: Bucket;
  readonly kind: string;
  readonly valueHash: Uint8Array;
  readonly member: MemberId;
  readonly createdAt: EpochMs;
};

export type AnonymousReceipt = {
  readonly keyBucket: Bucket;
  readonly keyHash: Uint8Array;
  readonly partner: PartnerId;
  readonly store: string;
  readonly occurredAt: EpochMs;
  readonly postedAt: EpochMs;
  readonly businessDay: Day;
  readonly programmeVersion: number;
  readonly turnoverKopecks: Kopecks;
  readonly body: string;
};

export type LeaseUse = { readonly leaseId: number; readonly cents: number };

/** What velocity rules count of a batch: one row, which no other posting touches. */
export type JournalRow = {
  readonly writer: number;
  readonly number: number;
  readonly postedAt: EpochMs;
  readonly facts: string;
};

/** What velocity rules noticed of an operation of the batch. */
export type AlertRow = {
  readonly alertId: Uint8Array;
  readonly raisedAt: EpochMs;
  readonly action: "allow" | "review";
  readonly kind: "purchase" | "hold";
  /** JSON. */
  readonly hits: string;
  readonly partner: PartnerId;
  readonly store: string | null;
  readonly till: string | null;
  readonly member: MemberId;
  readonly seq: number;
  readonly receiptId: string | null;
  readonly pointsCents: number;
};

export type Posting = {
  /** In member order, one per member, so that two processes can't deadlock. */
  readonly changes: readonly Change[];
  readonly keys: readonly KeyClaim[];
  readonly identifiers: readonly NewIdentifier[];
  readonly anonymous: readonly AnonymousReceipt[];
  /** What the changes use of leased budgets; each lease is open and has that much left, or nothing is posted. */
  readonly leases?: readonly LeaseUse[];
  /** What the guards of checkout keep of the batch. */
  readonly journal?: JournalRow;
  readonly alerts?: readonly AlertRow[];
  /** What the changes were computed with; the statement proves that it still holds. */
  readonly firstOpenDay: Day;
};
