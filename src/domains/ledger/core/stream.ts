import type { MemberId, PartnerId } from "#kernel/ids.ts";
import type { Day, EpochMs } from "#kernel/time.ts";
import type { Reserved } from "./operation.ts";

/** Where an operation stands in the stream of all members: by its transaction, then by when it was booked. */
export type StreamPlace = { readonly xid: number; readonly postedAt: EpochMs; readonly seq: number };

/** A purchase or a return, with its body as it is stored. */
export type StreamReceipt = StreamPlace & {
  readonly kind: "purchase" | "return";
  readonly member: MemberId;
  readonly partner: PartnerId;
  readonly at: EpochMs;
  /** Of a return: the purchase's number. */
  readonly cites?: number;
  readonly body: ReceiptBody;
};

/** What followers read of a receipt's body; what an older version did not write is absent. */
export type ReceiptBody = {
  readonly turnover?: number;
  readonly receipt?: { readonly lines?: readonly StreamLine[]; readonly deliveryFee?: number };
  readonly return?: { readonly lines?: readonly StreamLine[] };
  readonly rules?: readonly { readonly pointsCents: number }[];
  readonly earned?: readonly { readonly amountCents: readonly number[] }[];
  readonly outcome?: { readonly takenBackCents?: number; readonly arrearsCents?: number };
};

export type StreamLine = { readonly category: string; readonly amount: number };

/** An award or a change of standing, with the cause that a reward has. */
export type StreamReward = StreamPlace & {
  readonly kind: "award" | "standing";
  readonly member: MemberId;
  readonly at: EpochMs;
  readonly cause?: Readonly<Record<string, string | number>>;
};

/** Another member's stream joined this one: its numbers go on behind `base`. */
export type StreamMerge = StreamPlace & {
  readonly kind: "merge";
  readonly survivor: MemberId;
  readonly merged: MemberId;
  readonly base: number;
  readonly accountingDay: Day;
};

/**
 * A member left its survivor again: (base, base + count] of the survivor's numbers are its own 1 to count, those made
 * since with its identifiers are behind `shift`. Told once, by the survivor's operation.
 */
export type StreamSplit = StreamPlace & {
  readonly kind: "split";
  readonly survivor: MemberId;
  readonly goes: MemberId;
  /** The member that goes and those merged into it before. */
  readonly members: readonly MemberId[];
  readonly base: number;
  readonly count: number;
  readonly shift: number;
  readonly accountingDay: Day;
};

/** A member's data were destroyed. */
export type StreamErasure = StreamPlace & { readonly kind: "erasure"; readonly member: MemberId };

/** What changes whose an operation is; whatever was noted before goes where it takes it. In the order of the stream. */
export type StreamJoin = StreamMerge | StreamSplit | StreamErasure;

/** An operation that says more of funders' points than its movements: it reserves, or comes back. */
export type StreamFacts = StreamPlace & {
  readonly member: MemberId;
  readonly partner: PartnerId;
  readonly reserved?: Reserved;
  readonly returned?: readonly [purchaseSeq: number, state: { readonly lines: readonly number[] }];
  readonly budgets?: readonly (readonly [key: string, cents: number])[];
};

/** What every follower may need of a stretch, in one row: no receipt's body is read for it. */
export type StreamSurvey = {
  /** Texts of the operations' movements, `MOVEMENTS_END` between them; empty when there is no operation. */
  readonly movements: string;
  readonly joins: readonly StreamJoin[];
  readonly facts: readonly StreamFacts[];
};

/** Of two places in the stream the earlier one first. */
export function inStreamOrder(a: StreamPlace, b: StreamPlace): number {
  return a.xid - b.xid || a.postedAt - b.postedAt || a.seq - b.seq;
}
