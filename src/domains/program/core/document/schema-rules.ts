import { Type } from "typebox";
import { choice, closed, id, name, oneOrMany, quantity, quantityOf, text, whole } from "./schema-parts.ts";

const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

const amountRange = (description: string) =>
  Type.Object(
    {
      atLeast: Type.Optional(quantity("money", "This much or more.")),
      below: Type.Optional(quantity("money", "Less than this.")),
    },
    { ...closed, description },
  );

/** Conditions that may also stand under `anyOf` and `not`. All that are given must hold; a list means "any of". */
const flat = {
  partner: Type.Optional(oneOrMany(id("A partner."), "The receipt is of one of these partners.")),
  brand: Type.Optional(oneOrMany(id("A brand."), "The store is of one of these brands.")),
  store: Type.Optional(oneOrMany(id("A store."), "The receipt is of one of these stores.")),
  city: Type.Optional(oneOrMany(id("A city."), "The store is in one of these cities.")),
  channel: Type.Optional(oneOrMany(id("A channel."), "The receipt's channel, else its store's.")),
  category: Type.Optional(oneOrMany(id("A category."), "Only lines of these categories, and of those below them.")),
  exceptCategory: Type.Optional(oneOrMany(id("A category."), "No lines of these categories, nor of those below them.")),
  favourite: Type.Optional(
    Type.Literal(true, { expected: "true", description: "Only lines of the member's favourite categories." }),
  ),
  weekday: Type.Optional(oneOrMany(choice(WEEKDAYS, "A day of the week."), "Days of the week, by `zone`.")),
  hours: Type.Optional(
    oneOrMany(quantity("hours", "Hours, end exclusive."), "Hours of the day, by `zone`; `22:00-06:00` wraps."),
  ),
  zone: Type.Optional(
    choice(["store", "programme"], "Whose clock `weekday` and `hours` follow; `store` unless given."),
  ),
  from: Type.Optional(quantity("day", "From this day, in the programme's time zone.")),
  until: Type.Optional(quantity("day", "Through this day.")),
  receiptAmount: Type.Optional(amountRange("The sum of all lines, before points are taken off.")),
  level: Type.Optional(oneOrMany(id("A level."), "The member has one of these levels at the receipt's time.")),
  subscription: Type.Optional(
    oneOrMany(id("A subscription."), "The member has one of these subscriptions at the receipt's time."),
  ),
  boost: Type.Optional(oneOrMany(id("A boost."), "The member has one of these boosts at the receipt's time.")),
  segment: Type.Optional(oneOrMany(id("A segment."), "The member is in one of these segments at the receipt's time.")),
  firstPurchase: Type.Optional(
    choice(["partner", "programme"], "The member has not bought before, at this partner or anywhere."),
  ),
  tender: Type.Optional(oneOrMany(id("A kind of tender."), "Some of the receipt is paid this way.")),
  bank: Type.Optional(oneOrMany(id("A bank."), "Some of the receipt is paid by a card of one of these banks.")),
  pointsSpent: Type.Optional(choice(["none", "some"], "Whether points are spent on the receipt.")),
};

const flatWhen = Type.Object(flat, { ...closed, description: "Conditions; all that are given must hold." });

export const when = Type.Object(
  {
    ...flat,
    eligibleAmount: Type.Optional(amountRange("The sum of the lines that fit, after points are taken off.")),
    anyOf: Type.Optional(
      Type.Array(flatWhen, {
        minItems: 1,
        expected: "a list of conditions",
        description: "At least one of these sets of conditions holds too.",
      }),
    ),
    not: Type.Optional(flatWhen),
  },
  { ...closed, description: "Conditions; all that are given must hold. A list means any of its entries." },
);

export const activation = quantityOf(
  ["duration"],
  ["none"],
  "When earned points can be spent: `none` (at once), hours (exact), or days (the midnight that begins that day, in the programme's time zone).",
);

export const expiry = Type.Union(
  [
    Type.Literal("never"),
    Type.Object(
      {
        after: Type.Optional(quantity("duration", "Days, months or years; the last day is that many after `from`.")),
        from: Type.Optional(
          choice(["activation", "purchase"], "What `after` and `endOf` count from; `activation` unless given."),
        ),
        endOf: Type.Optional(choice(["month", "year"], "Through the last day of that month or year.")),
        plus: Type.Optional(quantity("duration", "Months or years later, for `endOf`.")),
      },
      { ...closed },
    ),
  ],
  {
    expected: "never, {after: 90 days} or {endOf: month, plus: 3 months}",
    description: "Last day of earned points; they expire at the midnight that ends it.",
  },
);

export const rounding = Type.Object(
  {
    mode: choice(["down", "half-up", "up"], "How a rule's points are rounded, once, on its whole base."),
    to: Type.Optional(
      choice(
        ["0.01 points", "0.1 points", "1 point", "10 points"],
        "The step of rounding; `0.01 points` unless given.",
      ),
    ),
  },
  { ...closed, description: "Rounding of points." },
);

const percentByCategory = Type.Record(
  Type.String({ pattern: "^[a-z0-9][a-z0-9-]{0,62}$" }),
  quantity("percent", "Percentage of the category; the nearest category up the tree counts."),
  { additionalProperties: false, expected: "categories with percentages" },
);

const earnDetails = Type.Object(
  {
    percent: Type.Optional(
      Type.Union([quantityOf(["percent"], ["favourite"], "A percentage, or `favourite`."), percentByCategory], {
        expected: "a percentage, favourite, or categories with percentages",
        description:
          "Percentage of the money part of the lines that fit. `favourite`: by the list of favourites. Or by category.",
      }),
    ),
    points: Type.Optional(
      quantity("points", "A fixed number of points; the lines that fit need a money part above 0."),
    ),
    forEach: Type.Optional(quantity("money", "The fixed points for each full such sum of the money part.")),
    multiply: Type.Optional(
      quantity(
        "multiplier",
        "Multiplies the points of the rules in `of`; several multipliers add up (2x and 3x make 4x).",
      ),
    ),
    of: Type.Optional(
      oneOrMany(
        id("A rule or a group."),
        "What `multiply` multiplies; every rule that is not a multiplier unless given.",
      ),
    ),
    paidBy: Type.Optional(
      Type.Literal("tender", {
        expected: "tender",
        description: "The percentage is of what the tenders of `when` paid, not of whole lines.",
      }),
    ),
  },
  { ...closed },
);

export const rule = Type.Object(
  {
    name: name("What members read after the percentage: «+5 % на продукты по подписке»."),
    when: Type.Optional(when),
    earn: Type.Union([quantityOf(["percent", "points", "multiplier"], [], "The effect, short."), earnDetails], {
      expected: "5%, 100 points, 10x, or details such as {percent: …}",
      description: "What the rule gives.",
    }),
    funders: Type.Optional(
      Type.Union(
        [
          id("A partner, a funder split, or `seller`."),
          Type.Array(id("A partner."), { minItems: 1, expected: "a list of partners" }),
          Type.Record(
            Type.String({ pattern: "^[a-z0-9][a-z0-9-]{0,62}$" }),
            Type.Union([whole(1, 1_000_000, "Parts."), quantity("percent", "A percentage.")], {
              expected: "parts such as 5, or a percentage such as 50%",
            }),
            { additionalProperties: false, expected: "partners with their shares" },
          ),
        ],
        {
          expected: "a partner, a funder split, a list of partners, or partners with shares",
          description:
            "Who pays: one partner or split by id, `seller` (the receipt's partner), a list (equal shares), or shares. A multiplier without funders is paid by those of the rule it multiplies.",
        },
      ),
    ),
    priority: Type.Optional(whole(-1_000, 1_000, "Higher goes first; ties by id. 0 unless given.")),
    group: Type.Optional(id("Group of `stacking` that the rule stands in.")),
    caps: Type.Optional(oneOrMany(id("A cap."), "Caps that hold for the rule.")),
    campaign: Type.Optional(id("Campaign of the rule: it holds only in the campaign's days.")),
    rounding: Type.Optional(rounding),
    activation: Type.Optional(activation),
    expiry: Type.Optional(expiry),
    note: Type.Optional(text("For colleagues; members never see it.")),
  },
  { ...closed, description: "How a receipt earns." },
);

export const group = Type.Object(
  {
    choose: choice(["highest-priority", "most-points"], "Which rule of the group counts."),
    per: choice(["receipt", "line"], "Whether one rule counts per receipt, or one per line (percent rules only)."),
  },
  { ...closed, description: "Rules that exclude each other. Rules outside of groups add up." },
);

export const cap = Type.Object(
  {
    name: name("What members read when it cuts: «не больше 200 баллов за чек»."),
    on: Type.Optional(choice(["earn", "spend"], "What is limited; `earn` unless given.")),
    per: choice(["receipt", "day", "week", "month", "year", "campaign", "member"], "The period; `member` is for good."),
    limit: quantityOf(
      ["points", "times", "percent"],
      [],
      "Most points, most receipts (`3 times`), or (per receipt) a percentage of the goods.",
    ),
    countedBy: Type.Optional(
      choice(["partner", "brand", "store"], "Counted for each place apart; all together unless given."),
    ),
    partner: Type.Optional(id("A partner: only its receipts are limited and counted.")),
    funder: Type.Optional(
      id(
        "A partner, of a budget: only the points that it pays are counted. A rule that others fund too shrinks whole.",
      ),
    ),
    appliesTo: Type.Optional(
      Type.Literal("all", { expected: "all", description: "Holds for every rule; else for those that name it." }),
    ),
    policy: Type.Optional(
      choice(["pro-rata", "last-first"], "How rules share the cut; `policies.receiptCap` unless given."),
    ),
    of: Type.Optional(
      choice(
        ["member", "everyone"],
        "Whose points are counted: each member's (unless given), or everybody's together, which makes it a budget.",
      ),
    ),
    short: Type.Optional(
      choice(
        ["trim", "refuse"],
        "Of a budget with too little left: the rest is given, or nothing; `policies.budget` unless given.",
      ),
    ),
  },
  { ...closed, description: "A limit of points, per member; or a budget, for everybody together." },
);

export const spendingRule = Type.Object(
  {
    name: Type.Optional(name("What members read.")),
    when: Type.Optional(when),
    largestShare: quantity("percent", "Largest part of a receipt that points may pay."),
    shareOf: Type.Optional(
      choice(["receipt", "eligible"], "What the share is of: the whole receipt (unless given), or the lines that fit."),
    ),
    least: Type.Optional(quantity("points", "Least points per receipt.")),
    step: Type.Optional(quantity("points", "Points are spent in multiples of this.")),
    caps: Type.Optional(oneOrMany(id("A cap."), "Caps (`on: spend`) that hold here.")),
    priority: Type.Optional(
      whole(-1_000, 1_000, "Of the rules that fit, the highest counts; ties by id. 0 unless given."),
    ),
    note: Type.Optional(text("For colleagues.")),
  },
  {
    ...closed,
    description:
      "Where points can be spent. What no rule fits takes no points; `when` picks the lines that points may pay.",
  },
);

export const shares = Type.Record(
  Type.String({ pattern: "^[a-z0-9][a-z0-9-]{0,62}$" }),
  Type.Union([whole(1, 1_000_000, "Parts."), quantity("percent", "A percentage; all of a split sum to 100%.")], {
    expected: "parts such as 5, or a percentage such as 50%",
  }),
  {
    additionalProperties: false,
    expected: "partners with their shares",
    description: "Partners and their shares: parts (5/3/2) or percentages.",
  },
);
