import { type Static, Type } from "typebox";
import { cardFeed, referral } from "./schema-feeds.ts";
import { fee } from "./schema-fees.ts";
import { choice, closed, flag, id, name, quantity, section, text } from "./schema-parts.ts";
import { boost, campaign, favourites, level, places, subscription } from "./schema-places.ts";
import { activation, cap, expiry, group, rounding, rule, shares, spendingRule } from "./schema-rules.ts";
import { velocityRule } from "./schema-velocity.ts";

const programme = Type.Object(
  {
    id: id("Id of the programme."),
    name: name("Name that members see."),
    timeZone: text("IANA time zone of business days, such as Europe/Moscow."),
    operator: id("The partner that runs the coalition: it takes fees and may fund points."),
    pointValue: quantity("money", "What one point pays."),
  },
  { ...closed, description: "The programme itself." },
);

const lots = Type.Object(
  { activation: Type.Optional(activation), expiry: Type.Optional(expiry) },
  {
    ...closed,
    description: "When earned points begin and end, unless a rule says otherwise. At once and never unless given.",
  },
);

const receipts = Type.Object(
  {
    deliveryFeeEarns: Type.Optional(flag("Whether the delivery fee counts as money for rules that name no category.")),
    deliveryFeePayable: Type.Optional(flag("Whether points may pay the delivery fee.")),
    zeroAmountLines: Type.Optional(
      choice(["ignore", "count"], "Lines that cost nothing: they never fit a rule, or may make a fixed award fit."),
    ),
  },
  { ...closed, description: "What is read of a receipt." },
);

const optional = Type.Optional;

const policies = Type.Object(
  {
    receiptCap: optional(
      choice(["pro-rata", "last-first"], "When a cap cuts several rules: all in proportion, or the last first."),
    ),
    returnOfExpired: optional(
      choice(
        ["original", "grace"],
        "Spent points that come back after their day: they expire at once, or get a new lot with the grace expiry.",
      ),
    ),
    grace: optional(quantity("duration", "Grace expiry: days from the return.")),
    lateWindow: optional(
      quantity("duration", "Days after which a late receipt goes to review instead of being priced."),
    ),
    futureTolerance: optional(quantity("duration", "How far ahead a till's clock may be.")),
    onlineTolerance: optional(quantity("duration", "How old a receipt that spends points without a hold may be.")),
    longestHold: optional(quantity("duration", "Longest time for which points may be held.")),
    budget: optional(
      choice(["trim", "refuse"], "An award above what is left of a budget: the rest is given, or nothing."),
    ),
    boostReturn: optional(
      choice(["keep", "take-back"], "A return below a mission's goal: what its boost gave is kept or taken back."),
    ),
    budgetReturn: optional(choice(["keep", "give-back"], "Whether a return gives budget and caps back.")),
    prepaidShort: optional(
      choice(
        ["refuse", "part", "reserve"],
        "A prepaid funder has too little left: no award, a part, or the rest pending until it is topped up.",
      ),
    ),
    expectedRedemption: optional(
      quantity("percent", "Share of outstanding points that is expected to be spent, for the expected claim."),
    ),
    reserve: optional(quantity("duration", "How long a reserved award waits for a top-up.")),
    erasedPoints: optional(choice(["expire", "return-to-funder"], "What happens to the points of an erased member.")),
    householdPoints: optional(
      quantity("points", "Most that a member may let others of the household have in a month; 0 points: nothing."),
    ),
  },
  { ...closed, description: "How the cases are settled on which programmes differ." },
);

export const programmeSchema = Type.Object(
  {
    format: Type.Literal(1, { expected: "1", description: "Version of this format." }),
    programme,
    ...places,
    levels: Type.Optional(section(level, "Levels of members.")),
    favourites: Type.Optional(favourites),
    subscriptions: Type.Optional(section(subscription, "Subscriptions.")),
    boosts: Type.Optional(section(boost, "Boosts.")),
    campaigns: Type.Optional(section(campaign, "Campaigns.")),
    funderSplits: Type.Optional(section(shares, "Named splits of cost between funders.")),
    stacking: Type.Optional(section(group, "Groups of rules that exclude each other.")),
    caps: Type.Optional(section(cap, "Limits of earning and spending.")),
    rules: section(rule, "How receipts earn."),
    spending: Type.Optional(section(spendingRule, "Where points can be spent, and how much; nowhere unless given.")),
    velocity: Type.Optional(
      section(velocityRule, "Limits of how fast and how much: what they notice is logged, held for review or refused."),
    ),
    fees: Type.Optional(section(fee, "What partners pay the operator for the programme; nothing unless given.")),
    cardFeeds: Type.Optional(
      section(
        cardFeed,
        "Banks whose card payments outside of the coalition earn; rules for their stores say how much.",
      ),
    ),
    referral: Type.Optional(referral),
    lots: Type.Optional(lots),
    rounding: Type.Optional(rounding),
    receipts: Type.Optional(receipts),
    policies: Type.Optional(policies),
  },
  { ...closed, title: "Dolka programme", description: "A coalition's programme as code." },
);

/** A programme file as its authors wrote it, checked by the schema. */
export type ProgrammeFile = Static<typeof programmeSchema>;

/** A programme file with its defaults filled in, so that a stored version never depends on the code's defaults. */
export type ProgrammeDocument = Omit<ProgrammeFile, keyof Defaulted> & Defaulted;

type Defaulted = {
  readonly levels: NonNullable<ProgrammeFile["levels"]>;
  readonly favourites: NonNullable<ProgrammeFile["favourites"]>;
  readonly subscriptions: NonNullable<ProgrammeFile["subscriptions"]>;
  readonly boosts: NonNullable<ProgrammeFile["boosts"]>;
  readonly campaigns: NonNullable<ProgrammeFile["campaigns"]>;
  readonly funderSplits: NonNullable<ProgrammeFile["funderSplits"]>;
  readonly stacking: NonNullable<ProgrammeFile["stacking"]>;
  readonly caps: NonNullable<ProgrammeFile["caps"]>;
  readonly spending: NonNullable<ProgrammeFile["spending"]>;
  readonly velocity: NonNullable<ProgrammeFile["velocity"]>;
  readonly fees: NonNullable<ProgrammeFile["fees"]>;
  readonly lots: Required<NonNullable<ProgrammeFile["lots"]>>;
  readonly rounding: Required<NonNullable<ProgrammeFile["rounding"]>>;
  readonly receipts: Required<NonNullable<ProgrammeFile["receipts"]>>;
  readonly policies: Required<NonNullable<ProgrammeFile["policies"]>>;
};
