import type { EpochMs } from "#kernel/time.ts";
import type { CaseProgramme } from "./programme.ts";

/** What a reference case may ask of whatever runs it: the model, or the real thing over HTTP. Plain data both ways. */
export type System = {
  readonly name: string;
  /** Sets the clock; it never goes back inside one case. */
  setTime(now: EpochMs): Promise<void>;
  applyProgramme(programme: CaseProgramme): Promise<void>;
  receipt(request: ReceiptAsked): Promise<Seen<ReceiptSeen>>;
  returnReceipt(request: ReturnAsked): Promise<Seen<ReturnSeen>>;
  hold(request: HoldAsked): Promise<Seen<HoldSeen>>;
  capture(request: {
    readonly key: string;
    readonly hold: string;
    readonly pointsCents: number;
  }): Promise<Seen<HoldSeen>>;
  voidHold(request: { readonly key: string; readonly hold: string }): Promise<Seen<HoldSeen>>;
  award(request: AwardAsked): Promise<Seen<AwardSeen>>;
  /** Closes a month, with all that comes before it (the sweep of what is due, the feed). */
  closeMonth(month: string): Promise<Seen<undefined>>;
  wallet(member: string): Promise<WalletSeen>;
  /** Open lots, one per funder, in no order. */
  lots(member: string): Promise<LotSeen[]>;
  operations(member: string): Promise<OperationSeen[]>;
  /** funder × redeemer of a month, by accounting day; cells of zero left out. */
  matrix(month: string): Promise<CellSeen[]>;
  /** What each partner gets (+) or pays (-) after netting. */
  net(month: string): Promise<ReadonlyMap<string, number>>;
  /** What is outstanding of a funder's points, and what is expected to be claimed of it at a rate of redemption. */
  outstanding(funder: string, redemptionBp: number): Promise<{ outstandingCents: number; expectedClaimCents: number }>;
  /** A prepaid funder pays in. */
  deposit(request: {
    readonly key: string;
    readonly funder: string;
    readonly amountKopecks: number;
  }): Promise<Seen<undefined>>;
  /** What the machinery does by itself, all that is to be done now: what came free is counted, what waits is given. */
  work(): Promise<void>;
  /** What a funder owes at this moment and what of its deposit or guarantee is left, if it has such. */
  exposure(funder: string, redemptionBp: number): Promise<ExposureSeen>;
  /** Rebuilds everything from operations; the differences found. */
  verify(): Promise<string[]>;
  /** What a ledger by itself does not know: who is one person, who is to be forgotten, what missions bring. */
  readonly beyond?: BeyondLedger;
};

export type BeyondLedger = {
  merge(survivor: string, merged: string): Promise<void>;
  unmerge(merged: string): Promise<void>;
  erase(member: string): Promise<void>;
  /** Whether anything still answers for a member, by id or by card. */
  isKnown(member: string): Promise<boolean>;
  /** A mission as its file has it, live from now on: drafted and forecast by its partner, approved by the operator. */
  publish(mission: string, document: MissionDocument): Promise<void>;
  /** A partner tells of something that the member did. */
  tell(partner: string, type: string, member: string, id: string): Promise<void>;
  /** A member buys a plan, and the card is good. */
  subscribe(member: string, plan: string): Promise<void>;
  /** What the first step of a mission on the member's ladder counts. */
  progress(member: string, mission: string): Promise<number>;
  /** Acquisition fees of a month, kopecks by partner. */
  fees(month: string): Promise<ReadonlyMap<string, number>>;
  /** Points of a funder that ended in a month without being spent. */
  ended(funder: string, month: string): Promise<{ readonly expiredCents: number; readonly takenBackCents: number }>;
};

export type MissionDocument = { readonly partner: string } & Readonly<Record<string, unknown>>;

/** Members are called by name in the cases; `card` is what the till read (one member may show several cards). */
export type MemberShown = { readonly member: string; readonly card?: string };

export type ReceiptAsked = MemberShown & {
  readonly partner: string;
  readonly till?: string;
  readonly number: string;
  readonly at: EpochMs;
  readonly lines: readonly { readonly category: string; readonly amountKopecks: number }[];
  readonly spendCents: number;
  readonly hold?: string;
};

export type ReturnAsked = {
  readonly receipt: string;
  readonly partner: string;
  readonly number: string;
  readonly at: EpochMs;
  readonly lines: readonly { readonly line: number; readonly amountKopecks: number }[] | "all";
  readonly refund?: "money" | "points";
};

export type HoldAsked = MemberShown & {
  readonly key: string;
  readonly partner: string;
  readonly pointsCents: number;
  readonly ttlSeconds: number;
};

export type AwardAsked = MemberShown & {
  readonly key: string;
  readonly funder: string;
  readonly pointsCents: number;
  /** Exclusive; never when absent. */
  readonly expiresAt?: EpochMs;
};

/** An answer, or the stable code of the refusal. */
export type Seen<T> =
  | { readonly ok: true; readonly replayed: boolean; readonly value: T }
  | { readonly ok: false; readonly code: string; readonly status: number };

export type WalletSeen = {
  readonly activeCents: number;
  readonly pendingCents: number;
  readonly heldCents: number;
  readonly arrearsCents: number;
  /** To whom, when the system tells. */
  readonly arrearsTo: ReadonlyMap<string, number>;
};

export type ExposureSeen = {
  readonly outstandingCents: number;
  readonly unsettledCents: number;
  readonly expectedClaimCents: number;
  readonly cover?: { readonly leftCents: number; readonly state: "ok" | "short" | "stopped" };
};

export type ReceiptSeen = {
  readonly receipt: string;
  readonly earnedCents: number;
  /** Given once a deposit is topped up. */
  readonly reservedCents: number;
  readonly spentCents: number;
  /** Points by rule, funders of one rule summed. */
  readonly rules: ReadonlyMap<string, number>;
};

export type ReturnSeen = {
  readonly takenBackCents: number;
  readonly givenBackCents: number;
  readonly arrearsCents: number;
  readonly expiredCents: number;
  readonly refundKopecks: number;
};

export type HoldSeen = { readonly hold: string; readonly state: string };
export type AwardSeen = { readonly earnedCents: number };

export type LotSeen = {
  readonly funder: string;
  readonly remainingCents: number;
  readonly heldCents: number;
  /** Exclusive; null never expires. */
  readonly expiresAt: EpochMs | null;
};

export type OperationSeen = {
  readonly kind: string;
  /** The operation's own time. */
  readonly at: EpochMs;
  /** The day it is booked on. */
  readonly accountingDay: string;
};

export type CellSeen = { readonly funder: string; readonly redeemer: string; readonly cents: number };
