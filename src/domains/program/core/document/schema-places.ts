import { Type } from "typebox";
import {
  choice,
  closed,
  flag,
  ID_EXPECTED,
  ID_PATTERN,
  id,
  name,
  oneOrMany,
  quantity,
  quantityOf,
  section,
  text,
  whole,
} from "./schema-parts.ts";

const legal = Type.Object(
  {
    name: text("Full name of the legal entity, as it stands on acts."),
    inn: Type.Optional(
      Type.String({
        pattern: "^\\d{10}(\\d{2})?$",
        expected: "10 or 12 digits in quotes",
        description: "Taxpayer number.",
      }),
    ),
    kpp: Type.Optional(
      Type.String({
        pattern: "^\\d{9}$",
        expected: "9 digits in quotes",
        description: "Tax registration reason code.",
      }),
    ),
    ogrn: Type.Optional(
      Type.String({
        pattern: "^\\d{13}(\\d{2})?$",
        expected: "13 or 15 digits in quotes",
        description: "State register number.",
      }),
    ),
    address: Type.Optional(text("Legal address.")),
    contract: Type.Optional(text("Number and date of the contract with the coalition.")),
    signatory: Type.Optional(text("Who signs acts.")),
  },
  { ...closed, description: "Fields for settlement acts." },
);

const funding = Type.Object(
  {
    mode: choice(["postpaid", "prepaid"], "`postpaid`: pays by the monthly act; `prepaid`: awards draw on a deposit."),
    guarantee: Type.Optional(
      quantity(
        "money",
        "Of a postpaid partner: the bank guarantee that covers what it may owe; points beyond it are not given.",
      ),
    ),
    alertAt: Type.Optional(
      quantity(
        "percent",
        "Share of the guarantee, or of the deposits, from which it is called short; 80% unless given.",
      ),
    ),
    stopAt: Type.Optional(
      quantity("percent", "Share of the guarantee up to which points are given; 100% unless given."),
    ),
  },
  { ...closed, description: "How the partner's points are covered." },
);

export const partner = Type.Object(
  {
    name: name("Name that members see."),
    kind: id("What the partner does, such as `grocer`, `bank`, `telecom`; free."),
    legal: Type.Optional(legal),
    canFund: flag("Whether rules may be funded by the partner."),
    canRedeem: flag("Whether points may be spent at the partner."),
    funding: Type.Optional(funding),
  },
  { ...closed, description: "A legal entity of the coalition." },
);

export const brand = Type.Object(
  { partner: id("The partner that owns the brand."), name: name("Name that members see.") },
  { ...closed, description: "A sign over the door." },
);

export const store = Type.Object(
  {
    brand: id("The brand of the store."),
    name: name("Name that members see."),
    city: Type.Optional(id("The city, for conditions by city.")),
    timeZone: Type.Optional(text("IANA time zone; the programme's unless given.")),
    channel: Type.Optional(id("Channel of receipts that name none; `store` unless given.")),
  },
  { ...closed, description: "A place with tills: a shop, a web shop, card processing." },
);

export const category = Type.Object(
  {
    name: name("Name that members see."),
    parent: Type.Optional(id("The category that this one belongs to.")),
  },
  { ...closed, description: "A kind of goods. Never a product." },
);

export const level = Type.Object(
  {
    name: name("Name that members see."),
    rank: whole(1, 100, "1 is the lowest; a member without a level has the lowest."),
    favourites: whole(0, 100, "How many favourite categories a member of the level chooses for a month."),
    reach: Type.Optional(
      Type.Object(
        {
          spend: Type.Optional(quantity("money", "Turnover that a member must reach: goods, less what was returned.")),
          points: Type.Optional(quantity("points", "Instead of `spend`: points that receipts must earn.")),
          within: quantityOf(
            ["duration"],
            ["month", "quarter", "year"],
            "The period in which it is counted; days are the last ones, rolling.",
          ),
          at: Type.Optional(oneOrMany(id("A partner."), "Only receipts of these partners count.")),
        },
        {
          ...closed,
          description:
            "What it takes to get the level: at once, and through the next period. Lost only when a month ends. Without it the level is given by hand.",
        },
      ),
    ),
  },
  { ...closed, description: "A member's standing in the programme." },
);

const percentByLevel = Type.Record(Type.String({ pattern: ID_PATTERN }), quantity("percent", "Of the level."), {
  additionalProperties: false,
  expected: "levels with percentages",
  keyExpected: ID_EXPECTED,
});

const offered = Type.Record(
  Type.String({ pattern: ID_PATTERN }),
  Type.Union([quantity("percent", "What goods of the category earn."), percentByLevel], {
    expected: "a percentage such as 5% or 0.5%, or levels with percentages",
  }),
  {
    additionalProperties: false,
    expected: "categories with percentages",
    keyExpected: ID_EXPECTED,
    description:
      "Categories with percentages: one for all, or by level (`{level-1: 5%, level-2: 10%}`). A level that is not named has that of the nearest one below it; below the lowest that is named the category is not offered.",
  },
);

export const favourites = Type.Object(
  {
    chooseBy: Type.Optional(
      whole(1, 31, "Last day of a month on which its favourites can be chosen; the month's last unless given."),
    ),
    atMost: Type.Optional(quantity("percent", "Largest percentage that a list may name; 20% unless given.")),
    always: Type.Optional(offered),
    months: Type.Optional(
      Type.Record(Type.String({ pattern: "^\\d{4}-(0[1-9]|1[0-2])$" }), offered, {
        additionalProperties: false,
        expected: "months such as 2026-03",
        keyExpected: "a month such as 2026-03",
        description: "The list of a month; it replaces `always` in that month.",
      }),
    ),
  },
  { ...closed, description: "Categories offered as favourites and their percentages (`earn: {percent: favourite}`)." },
);

export const subscription = Type.Object(
  {
    name: name("Name that members see."),
    seller: id("The partner that sells it."),
    price: quantity("money", "Price of one period."),
    period: choice(["month", "year"], "How long one payment lasts."),
    trial: Type.Optional(
      Type.Object(
        {
          lasts: quantity("duration", "Days or months."),
          price: Type.Optional(quantity("money", "What it costs; nothing unless given.")),
        },
        { ...closed, description: "A first period for those who never had the subscription." },
      ),
    ),
    grace: Type.Optional(
      quantity(
        "duration",
        "How long it holds after its period while a payment that failed is tried again; 3 days unless given.",
      ),
    ),
    retries: Type.Optional(
      Type.Array(quantity("duration", "A length of time."), {
        minItems: 1,
        maxItems: 20,
        expected: "a list of lengths of time",
        description:
          "How long after a failed payment the next is tried: after the first, the second, and so on; the last goes on. 1 hour, 6 hours and 1 day unless given.",
      }),
    ),
    refund: Type.Optional(
      Type.Object(
        {
          share: choice(["pro-rata", "full", "none"], "Of the last payment: the days that are left, all, or nothing."),
          points: choice(
            ["keep", "take-back"],
            "What its rules gave since the refunded period began is kept, or taken back.",
          ),
        },
        { ...closed, description: "What a refund returns; pro-rata and keep unless given." },
      ),
    ),
    promos: Type.Optional(
      section(
        Type.Object(
          {
            code: Type.String({
              pattern: "^[A-Z0-9][A-Z0-9-]{2,31}$",
              expected: "a code of 3 to 32 capital Latin letters, digits and hyphens",
              description: "What members type; letters of either case.",
            }),
            price: quantity("money", "Price of one period."),
            periods: quantity("times", "For how many periods."),
            from: Type.Optional(quantity("day", "First day on which it can be used.")),
            until: Type.Optional(quantity("day", "Last day on which it can be used.")),
            limit: Type.Optional(quantity("times", "How many members can use it.")),
          },
          { ...closed, description: "A code that gives another price for a while, once to a member." },
        ),
        "Promo codes.",
      ),
    ),
    delivery: Type.Optional(
      Type.Object(
        {
          at: oneOrMany(id("A partner."), "Deliveries of these partners are free."),
          fee: quantity("money", "What one delivery costs without it."),
          usual: quantity("times", "Deliveries a month per partner that the benefit calculator assumes."),
        },
        {
          ...closed,
          description: "Free deliveries. The partner's shop sees to them; the benefit calculator counts them.",
        },
      ),
    ),
  },
  { ...closed, description: "A paid membership; rules ask for it by `when: {subscription: …}`." },
);

export const boost = Type.Object(
  {
    name: name("Name that members see."),
    lasts: Type.Optional(quantity("duration", "How long it holds once won; until taken away unless given.")),
  },
  {
    ...closed,
    description:
      "Something that a member wins for a time by a mission, a subscription or an offer; rules ask for it by `when: {boost: …}`.",
  },
);

export const campaign = Type.Object(
  {
    name: name("Name of the campaign."),
    from: quantity("day", "First day, in the programme's time zone."),
    until: quantity("day", "Last day, inclusive."),
    partner: Type.Optional(id("Whose campaign it is.")),
  },
  { ...closed, description: "Rules that hold together for a time." },
);

export const places = {
  partners: section(
    partner,
    "Legal entities: they own brands, fund points, redeem points. The operator is one of them.",
  ),
  brands: section(brand, "Brands and their partners."),
  stores: section(store, "Stores and their brands."),
  categories: section(category, "Kinds of goods that receipts name, as a tree."),
};
