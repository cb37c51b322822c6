import type { PartnerId } from "#kernel/ids.ts";
import type { BasisPoints, Kopecks, PointsCents, Rounding } from "#kernel/money.ts";
import type { Calendar, Day, EpochMs } from "#kernel/time.ts";
import type { ProgrammeDocument } from "../document/schema.ts";
import type { Text } from "../document/shorthand.ts";
import type { MemberStanding, Receipt } from "../types.ts";
import type { FeeTerms } from "./fees.ts";
import type { VelocityTerms } from "./velocity.ts";

/**
 * A programme version made ready for pricing: ids are numbers, conditions are closures and masks, and every partner
 * has its own list of the rules, caps and spending rules that could ever hold there. Never changed once built.
 */
export type CompiledProgramme = {
  readonly version: number;
  readonly effectiveFromAt: EpochMs;
  readonly document: ProgrammeDocument;
  /** Business days of the programme. */
  readonly calendar: Calendar;
  readonly pointValueKopecks: Kopecks;
  readonly operator: PartnerId;
  readonly name: Text;
  readonly partners: ReadonlyMap<PartnerId, PartnerTerms>;
  /** Ids of all partners in code point order: a funder's number is its place here. */
  readonly funderIds: readonly PartnerId[];
  readonly stores: ReadonlyMap<string, StoreTerms>;
  readonly categories: CategoryIndex;
  readonly levels: ReadonlyMap<string, LevelTerms>;
  readonly slots: TraitSlots;
  readonly favourites: (day: Day) => FavouriteRates;
  readonly rules: ReadonlyMap<string, RuleTerms>;
  readonly caps: ReadonlyMap<string, CapTerms>;
  readonly spending: ReadonlyMap<string, SpendingTerms>;
  /** For the guards of checkout; pricing never looks at them. */
  readonly velocity: readonly VelocityTerms[];
  /** For the settlement. */
  readonly fees: readonly FeeTerms[];
  /** Lots of awards and whatever no rule of its own times. */
  readonly defaultLot: LotTerms;
  readonly lotCount: number;
  readonly receipts: {
    readonly deliveryFeeEarns: boolean;
    readonly deliveryFeePayable: boolean;
    readonly countZero: boolean;
  };
  readonly policies: Policies;
};

export type Policies = {
  readonly receiptCap: "pro-rata" | "last-first";
  readonly returnOfExpired: "original" | "grace";
  readonly graceDays: number;
  readonly lateWindowDays: number;
  readonly futureToleranceMs: number;
  readonly onlineToleranceMs: number;
  readonly longestHoldMs: number;
  readonly budget: "trim" | "refuse";
  readonly boostReturn: "keep" | "take-back";
  readonly budgetReturn: "keep" | "give-back";
  readonly prepaidShort: "refuse" | "part" | "reserve";
  readonly reserveMs: number;
  readonly expectedRedemptionBp: BasisPoints;
  readonly erasedPoints: "expire" | "return-to-funder";
  /** Most that a member may let others of the household have in a month; 0: nothing. */
  readonly householdCents: PointsCents;
};

export type CategoryIndex = {
  readonly numbers: ReadonlyMap<string, number>;
  readonly ids: readonly string[];
  /** `isUnder[above × count + below]` is 1 when `below` is `above` or lies under it. */
  readonly isUnder: Uint8Array;
  /** Number of the parent, -1 at the top. */
  readonly parents: Int32Array;
};

export type LevelTerms = {
  readonly id: string;
  readonly number: number;
  readonly rank: number;
  readonly favourites: number;
};

/** Numbers of the subscriptions, boosts and segments that conditions ask for, after those of the levels; others are skipped. */
export type TraitSlots = {
  readonly subscription: ReadonlyMap<string, number>;
  readonly boost: ReadonlyMap<string, number>;
  readonly segment: ReadonlyMap<string, number>;
  readonly count: number;
};

/** What is offered as favourites on a day. */
export type FavouriteRates = {
  /** By level number: percentages by category number, 0 for what is not offered. Without levels there is one table. */
  readonly byLevel: readonly Int32Array[];
  /** By category number: 1 where the percentage depends on the level. */
  readonly varies: Uint8Array;
  /** Ids by level number. */
  readonly levels: readonly string[];
};

export type StoreTerms = {
  readonly id: string;
  readonly number: number;
  readonly partner: PartnerTerms;
  readonly brand: string;
  readonly city: string | undefined;
  readonly channel: string;
  readonly calendar: Calendar;
};

export type PartnerTerms = {
  readonly id: PartnerId;
  readonly name: Text;
  readonly kind: string;
  readonly canFund: boolean;
  readonly canRedeem: boolean;
  readonly funding: "postpaid" | "prepaid";
  /** What may be given in its name, where that is limited: by its deposit or its guarantee. */
  readonly cover: CoverTerms | undefined;
  readonly plan: PartnerPlan;
};

export type CoverTerms = {
  /** Of a guarantee, hundredths of a point. A deposit is not in the programme: it is what was paid in. */
  readonly limitCents: PointsCents | undefined;
  /** The guarantee or deposit is called short once this share of it is used. */
  readonly alertBp: BasisPoints;
  readonly guaranteeKopecks: Kopecks | undefined;
};

/** Everything that could hold at one partner, in the order in which it is applied. */
export type PartnerPlan = {
  /** Percent and fixed rules by priority, then multipliers by priority: a position in this list names a rule below. */
  readonly rules: readonly PlacedRule[];
  /** How many of `rules` are not multipliers. */
  readonly ownCount: number;
  /** Rows that pricing needs: of money, of weights, and one per rule that a multiplier multiplies. */
  readonly rowCount: number;
  readonly baseRowCount: number;
  /** The first row that multipliers may use. */
  readonly freeRow: number;
  readonly groups: readonly PlacedGroup[];
  readonly caps: readonly PlacedCap[];
  /** By position: which of `caps` hold for it, in order. */
  readonly capsAt: readonly Int32Array[];
  /** Positions that every receipt looks at, in order; and, by slot, those of who has that boost, segment or subscription. */
  readonly always: Int32Array;
  readonly bySlot: readonly (Int32Array | undefined)[];
  readonly spending: readonly SpendingTerms[];
};

export type PlacedRule = {
  readonly terms: RuleTerms;
  /** Undefined where the condition allows all stores of the partner. */
  readonly placeMask: Uint8Array | undefined;
  readonly funders: FunderShares | undefined;
  /** Row of the money that the rule looks at; rules that pick the same lines share one. */
  readonly baseRow: number;
  /** Row by which its points are attributed to lines: the same, unless lines earn at different rates. */
  readonly weightRow: number;
  /** Positions that a multiplier multiplies. */
  readonly targets: readonly number[];
};

/** Ids in code point order; numbers index every partner of the programme in that order. */
export type FunderShares = {
  readonly ids: readonly PartnerId[];
  readonly numbers: readonly number[];
  readonly weights: Float64Array;
  readonly weightSum: number;
};

export type PlacedGroup = {
  readonly perLine: boolean;
  readonly mostPoints: boolean;
  readonly positions: readonly number[];
};

/** `funder`: number of the funder whose share is counted, -1 where whole awards are. */
export type PlacedCap = { readonly terms: CapTerms; readonly applies: Uint8Array; readonly funder: number };

export type EffectKind = "percent" | "by-category" | "favourite" | "fixed" | "multiply";

/** One shape for every kind, so that the engine compiles one access; what a kind does not need is 0 or empty. */
export type Effect = {
  readonly kind: EffectKind;
  readonly rateBp: BasisPoints;
  /** By category number, -1 where a rule by category gives nothing. */
  readonly rates: Int32Array;
  readonly cents: PointsCents;
  readonly forEachKopecks: Kopecks;
  readonly multiplierBp: BasisPoints;
};

export type RuleTerms = {
  readonly id: string;
  readonly name: Text;
  readonly priority: number;
  readonly condition: Condition;
  readonly effect: Effect;
  /** Kinds and banks whose tenders bound the base (`paidBy: tender`). */
  readonly paidBy: TenderFilter | undefined;
  readonly rounding: Rounding;
  readonly stepCents: PointsCents;
  /** Whether the delivery fee is part of the base. */
  readonly takesDeliveryFee: boolean;
  readonly lot: LotTerms;
  readonly campaign: string | undefined;
  readonly group: string | undefined;
  readonly capIds: readonly string[];
  /** Who pays, by partner id or `seller`; a multiplier may have none. */
  readonly shares: ReadonlyMap<string, number> | undefined;
  readonly paidBySeller: boolean;
  /** Rules with equal texts pick the same lines of every receipt; undefined where a rule shares with none. */
  readonly rowKey: string | undefined;
};

export type TenderFilter = {
  readonly kinds: readonly string[] | undefined;
  readonly banks: readonly string[] | undefined;
};

export type Check = (context: PricingContext) => boolean;

/** `placeMask` and `checks` look at the receipt as a whole; the rest picks lines. */
export type Condition = {
  /** By store number; undefined where any store will do. */
  readonly placeMask: Uint8Array | undefined;
  /** Bits of the member's levels, subscriptions, boosts and segments; of each that is not 0 the member has one. */
  readonly needs: number;
  readonly needsToo: number;
  /** Slots of which the member has at least one, or nothing else need be looked at; undefined where all are looked at. */
  readonly gate: readonly number[] | undefined;
  readonly checks: readonly Check[];
  /** By category number. */
  readonly lineMask: Uint8Array | undefined;
  readonly favouriteOnly: boolean;
  readonly anyOf: readonly Condition[] | undefined;
  readonly not: Condition | undefined;
  readonly eligibleFrom: Kopecks;
  readonly eligibleBelow: Kopecks;
};

export type CapPeriod = "receipt" | "day" | "week" | "month" | "year" | "campaign" | "member";

export type CapUseKey = { readonly key: string; readonly untilDay: Day };

export type CapTerms = {
  readonly id: string;
  readonly name: Text;
  readonly on: "earn" | "spend";
  readonly per: CapPeriod;
  readonly unit: "points" | "times" | "share";
  /** Hundredths of a point, receipts, or basis points, by `unit`. */
  readonly limit: number;
  readonly countedBy: "partner" | "brand" | "store" | undefined;
  readonly lastFirst: boolean;
  readonly appliesToAll: boolean;
  /** A budget: counted for everybody together. */
  readonly isShared: boolean;
  /** A budget with too little left gives nothing. */
  readonly isAllOrNothing: boolean;
  /** Only receipts of this partner are limited. */
  readonly partner: PartnerId | undefined;
  /** Only the points that this partner pays are counted. */
  readonly funder: PartnerId | undefined;
  /** The deposit or guarantee of `funder`; what it cuts may wait for a top-up. */
  readonly cover: "cut" | "reserve" | undefined;
  /** For `per: campaign`: which one, and its last day. */
  readonly campaign: { readonly id: string; readonly lastDay: number } | undefined;
  /** The key and its last day that matters, by business day and place. */
  readonly keyFor: (day: Day, place: string) => CapUseKey;
};

export type SpendingTerms = {
  readonly id: string;
  readonly name: Text | undefined;
  readonly priority: number;
  readonly condition: Condition;
  readonly largestShareBp: BasisPoints;
  readonly shareOfReceipt: boolean;
  readonly leastCents: PointsCents;
  readonly stepCents: PointsCents;
  /** Whether points may pay the delivery fee too. */
  readonly takesDeliveryFee: boolean;
  readonly caps: readonly CapTerms[];
  readonly capIds: readonly string[];
};

/** When points of an operation at `at` begin and end. Rules with equal terms share one, by `number`. */
export type LotTerms = {
  readonly number: number;
  readonly times: (at: EpochMs) => LotTimes;
  /** The same for a caller that knows the business day of `at`. */
  readonly timesOn: (at: EpochMs, day: Day) => LotTimes;
};

export type LotTimes = { readonly availableAt: EpochMs; readonly expiresAt: EpochMs | undefined };

/** What conditions look at: one receipt, its member at the receipt's time, sums. Reused from receipt to receipt. */
export type PricingContext = {
  programme: CompiledProgramme;
  receipt: Receipt;
  standing: MemberStanding;
  store: StoreTerms;
  channel: string;
  day: number;
  lineCount: number;
  /** Number of each line's category. */
  lineCategory: Int32Array;
  lineAmount: Float64Array;
  /** What of each line points pay, kopecks. */
  linePaid: Float64Array;
  /** Number of the member's level, 0 where the programme has none. */
  levelNumber: number;
  /** 1 where a line is of a favourite category; its percentage, by list and level, beside it. */
  lineFavourite: Uint8Array;
  lineFavouriteBp: Int32Array;
  favouriteCount: number;
  slots: Uint8Array;
  /** Slots of the boosts, segments and subscriptions that the member has. */
  held: Int32Array;
  heldCount: number;
  /** The first slots as bits: levels are slots too. */
  slotBits: number;
  totalKopecks: Kopecks;
  paidKopecks: Kopecks;
  deliveryMoneyKopecks: Kopecks;
};
