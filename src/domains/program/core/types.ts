import type { PartnerId } from "#kernel/ids.ts";
import type { BasisPoints, Kopecks, PointsCents } from "#kernel/money.ts";
import type { Day, EpochMs } from "#kernel/time.ts";

/** What a till sends, once parsed: the input of pricing. Amounts are final, discounts already off. */
export type Receipt = {
  readonly partner: PartnerId;
  readonly store: string;
  readonly till: string;
  readonly number: string;
  readonly at: EpochMs;
  readonly channel?: string;
  readonly lines: readonly ReceiptLine[];
  readonly deliveryFeeKopecks: Kopecks;
  readonly tenders: readonly Tender[];
  /** Points the member wants to spend on this receipt. */
  readonly spendCents: PointsCents;
};

export type ReceiptLine = { readonly category: string; readonly amountKopecks: Kopecks; readonly quantity?: number };

export type Tender = {
  readonly kind: string;
  readonly amountKopecks: Kopecks;
  readonly token?: string;
  readonly bank?: string;
};

/** A property of a member that holds for a time: [from, until). `key` is a level, a category, a segment or a boost. */
export type Trait = {
  readonly kind: "level" | "favourite" | "segment" | "boost" | "subscription";
  readonly key: string;
  readonly fromAt: EpochMs;
  readonly untilAt?: EpochMs;
};

/** What pricing knows of a member. The receipt's own time picks the traits that apply. */
export type MemberStanding = {
  readonly traits: readonly Trait[];
  /** Use of caps so far, by `capKey`, which names cap and period ("c:daily|20410"). */
  readonly capUse: Pick<ReadonlyMap<string, number>, "get">;
  /** What is left of a budget, by its key and limit, hundredths of a point; all of it unless given. */
  readonly budgetLeft?: (key: string, limitCents: PointsCents) => PointsCents;
  /** First purchase at each partner, for "first purchase" conditions. */
  readonly firstPurchaseAt: ReadonlyMap<PartnerId, EpochMs>;
  /** Active points that a spend may draw on. */
  readonly activeCents: PointsCents;
};

/** Why one rule gave (or cut) points; `explain` turns it into a sentence. */
export type RuleResult = {
  readonly rule: string;
  /** Kopecks the rule looked at, after points spent were taken off. */
  readonly baseKopecks: Kopecks;
  readonly rateBp?: BasisPoints;
  /** Of favourites whose lines earned different percentages, instead of `rateBp`: those percentages, lowest first. */
  readonly ratesBp?: readonly BasisPoints[];
  /** The level whose percentage it is, where a favourite's depends on the level. */
  readonly level?: string;
  /** Before caps. */
  readonly uncappedCents: PointsCents;
  readonly pointsCents: PointsCents;
  readonly cappedBy?: string;
  /** Of a multiplier: 100,000 for "10 times". */
  readonly multiplierBp?: BasisPoints;
  /** The rule whose points a multiplier multiplied. */
  readonly of?: string;
  /** The receipt's partner, where the rule is funded by its seller. */
  readonly seller?: PartnerId;
};

/**
 * Points of one receipt with one availability and one expiry. `lineCents[i][f]` says how much of funder f's amount
 * line i earned, so that a return of line i takes exactly that back; its columns sum to `amountCents`.
 */
export type EarnedPart = {
  readonly availableAt: EpochMs;
  readonly expiresAt?: EpochMs;
  readonly funders: readonly PartnerId[];
  readonly amountCents: readonly PointsCents[];
  readonly lineCents: readonly (readonly PointsCents[])[];
};

/** Points that a prepaid funder's deposit lacks: given once it is topped up, if that is in time. */
export type ReservedPart = Pick<EarnedPart, "availableAt" | "expiresAt" | "funders" | "amountCents">;

export type Priced = {
  readonly programmeVersion: number;
  readonly rules: readonly RuleResult[];
  readonly earned: readonly EarnedPart[];
  readonly earnedCents: PointsCents;
  /** Not earned yet, and not in `earnedCents`; empty but where policy `reserve` met a deposit that ran out. */
  readonly reserved: readonly ReservedPart[];
  /** Points spent per line, in kopecks of the line they pay for (1 point = 1 rouble unless the programme says otherwise). */
  readonly spentByLineCents: readonly PointsCents[];
  /** The most that spending rules and balance allow on this receipt. */
  readonly spendableCents: PointsCents;
  /** Use of caps to add, of earning and of spending. `untilDay` is the last day on which the use still matters. */
  readonly capUse: readonly { readonly key: string; readonly amount: number; readonly untilDay: Day }[];
};

/** Why a receipt can't be priced as asked. */
export type PricingFailure =
  | {
      readonly code: "unknown-partner" | "unknown-store" | "unknown-category";
      readonly pointer: string;
      readonly value: string;
    }
  | {
      readonly code: "spend-not-allowed" | "spend-over-limit";
      readonly pointer: string;
      readonly spendableCents: PointsCents;
      readonly limit: string;
    };
