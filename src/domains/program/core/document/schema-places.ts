import { Type } from "typebox";
import { choice, closed, flag, id, name, oneOrMany, quantity, section, text, whole } from "./schema-parts.ts";

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
    guarantee: Type.Optional(quantity("money", "The bank guarantee that covers what the partner may owe.")),
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
          spend: quantity("money", "Turnover that a member must reach."),
          within: choice(["month", "quarter", "year"], "The period in which it is counted."),
          at: Type.Optional(oneOrMany(id("A partner."), "Only turnover at these partners counts.")),
        },
        { ...closed, description: "What it takes to get the level for the next period." },
      ),
    ),
  },
  { ...closed, description: "A member's standing in the programme." },
);

const offered = Type.Record(
  Type.String({ pattern: "^[a-z0-9][a-z0-9-]{0,62}$" }),
  quantity("percent", "What goods of the category earn."),
  { additionalProperties: false, expected: "categories with percentages", description: "Categories with percentages." },
);

export const favourites = Type.Object(
  {
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
