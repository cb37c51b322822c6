import type { Day, EpochMs } from "#kernel/time.ts";

/** ob obligation of a funder; pe, ac, he a member's pending, active, held; re redeemed; ex expired; ar arrears. */
export type Account = "ob" | "pe" | "ac" | "he" | "re" | "ex" | "ar";

/** [from, to, lot seq, lot part, funder, redeemer, cents], as stored in `operation.movements`. */
export type Movement = readonly [
  from: Account,
  to: Account,
  lotSeq: number,
  lotPart: number,
  funder: string,
  redeemer: string | null,
  cents: number,
];

/** One funder's points of one lot. amount = remaining + held + spent + expired + takenBack, always. */
export type Entry = {
  readonly seq: number;
  readonly part: number;
  readonly funder: string;
  /** The time of the operation that began the lot. */
  readonly earnedAt: EpochMs;
  readonly availableAt: EpochMs;
  /** Exclusive; null never expires. */
  readonly expiresAt: EpochMs | null;
  readonly amount: number;
  /** When it turns active by itself; null when it is active already or never will be. */
  activatesAt: EpochMs | null;
  active: boolean;
  remaining: number;
  held: number;
  spent: number;
  expired: number;
  takenBack: number;
  /** Of `expired`, what has already met a later return of the purchase that earned it. */
  expiredCounted: number;
};

/** Points taken from one entry by a spend or a hold. */
export type Draw = {
  readonly seq: number;
  readonly part: number;
  readonly funder: string;
  readonly cents: number;
};

export type HoldState = "open" | "captured" | "voided" | "timed-out";

export type Hold = {
  readonly seq: number;
  readonly partner: string;
  readonly expiresAt: EpochMs;
  readonly items: readonly Draw[];
  state: HoldState;
};

export type Debt = { readonly funder: string; cents: number; readonly since: number };

/** Earned points with one availability and one expiry; `lineCents[line][funder]` says which line earned them. */
export type Part = {
  readonly availableAt: EpochMs;
  readonly expiresAt: EpochMs | null;
  readonly funders: readonly string[];
  readonly amountCents: readonly number[];
  readonly lineCents: readonly (readonly number[])[];
};

/** What later returns need to know of a purchase. */
export type Purchase = {
  readonly seq: number;
  readonly partner: string;
  readonly lineAmounts: readonly number[];
  readonly returned: number[];
  readonly parts: readonly Part[];
  readonly spentByLine: readonly number[];
  readonly draws: readonly Draw[];
  readonly drawsGivenBack: number[];
};

export type OperationKind = "purchase" | "hold" | "capture" | "void" | "hold-timeout" | "return" | "expiry" | "award";

export type Operation = {
  readonly member: number;
  readonly seq: number;
  readonly kind: OperationKind;
  readonly occurredAt: EpochMs;
  readonly postedAt: EpochMs;
  readonly businessDay: Day;
  readonly accountingDay: Day;
  readonly citesSeq: number | null;
  readonly movements: readonly Movement[];
};

/** One member's state; `operations` is append-only, everything else is its projection. */
export type Member = {
  readonly id: number;
  seq: number;
  entries: Entry[];
  holds: Hold[];
  debts: Debt[];
  purchases: Purchase[];
};

export type Wallet = {
  readonly activeCents: number;
  readonly pendingCents: number;
  readonly heldCents: number;
  readonly arrearsCents: number;
};

export type Refusal =
  | { readonly code: "insufficient-points"; readonly activeCents: number }
  | { readonly code: "hold-not-open"; readonly state: HoldState }
  | { readonly code: "hold-expired" }
  | { readonly code: "capture-exceeds-hold"; readonly heldCents: number }
  | { readonly code: "return-exceeds-purchase"; readonly line: number; readonly leftKopecks: number }
  | { readonly code: "unknown-receipt" }
  | { readonly code: "unknown-hold" }
  | { readonly code: "idempotency-conflict" }
  /** Of pricing and of the doors: what the programme forbids. */
  | { readonly code: ProgrammeRefusal };

export type ProgrammeRefusal =
  | "spend-not-allowed"
  | "spend-over-limit"
  | "spend-needs-hold"
  | "hold-too-long"
  | "return-before-purchase"
  | "receipt-too-late"
  | "receipt-in-future"
  | "unknown-member";
