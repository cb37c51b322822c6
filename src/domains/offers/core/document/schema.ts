import { type Static, Type } from "typebox";
import { schemaParts } from "#domains/program/index.ts";

const { closed, id, name, oneOrMany, quantity, section, whole } = schemaParts;
const optional = Type.Optional;

export const audience = Type.Object(
  {
    segment: optional(oneOrMany(id("A segment."), "In one of these segments.")),
    level: optional(oneOrMany(id("A level."), "On one of these levels.")),
  },
  { ...closed, description: "For whom; for everybody unless given. All that is given must hold." },
);

export const funders = Type.Record(
  Type.String({ pattern: schemaParts.ID_PATTERN }),
  whole(1, 10_000, "Parts of the cost."),
  {
    additionalProperties: false,
    minProperties: 1,
    expected: "partners with their parts of the cost",
    keyExpected: schemaParts.ID_EXPECTED,
    description: "Who pays the points, in parts; the operator may be among them.",
  },
);

const limits = Type.Object(
  {
    receipt: optional(quantity("points", "Most points by the offer per receipt.")),
    day: optional(quantity("points", "Most points by the offer per day.")),
    month: optional(quantity("points", "Most points by the offer per month.")),
    total: optional(quantity("points", "Most points by the offer in all.")),
    times: optional(quantity("times", "On so many receipts.")),
  },
  { ...closed, description: "Limits per member." },
);

const voucher = Type.Object(
  {
    worth: name("What the partner gives for it: «скидка 500 ₽ на билет»."),
    price: optional(quantity("points", "What it costs the member; nothing unless given.")),
    stock: optional(quantity("times", "How many there are in all.")),
    perMember: optional(quantity("times", "How many one member may take; one unless given.")),
    validFor: quantity("duration", "Days in which the partner redeems it."),
  },
  { ...closed, description: "A code that the partner redeems: a ticket, a discount." },
);

export const offerSchema = Type.Object(
  {
    partner: id("Whose offer it is."),
    name: name("Name that members see, and read after the percentage."),
    text: optional(name("What it is, in a sentence.")),
    from: quantity("day", "First day, in the programme's time zone; not before the offer is approved."),
    until: quantity("day", "Last day, inclusive."),
    audience: optional(audience),
    personal: optional(
      Type.Literal(true, { expected: "true", description: "Only for members that it is assigned to by name." }),
    ),
    activation: optional(
      Type.Literal(true, { expected: "true", description: "Holds once the member has activated it." }),
    ),
    lasts: optional(quantity("duration", "How long it holds once assigned or activated; to its end unless given.")),
    percent: optional(quantity("percent", "So much of the lines that fit, on top of everything else.")),
    points: optional(quantity("points", "So many points per receipt.")),
    forEach: optional(quantity("money", "The points for each full such sum.")),
    multiply: optional(quantity("multiplier", "So many times the points of the rules in `of`.")),
    of: optional(oneOrMany(id("A rule or a group of the programme."), "What is multiplied; every rule unless given.")),
    voucher: optional(voucher),
    at: optional(oneOrMany(id("A partner."), "At these partners; at the offer's own unless given.")),
    category: optional(oneOrMany(id("A category."), "On these categories, and those below them.")),
    exceptCategory: optional(oneOrMany(id("A category."), "Not on these categories, nor those below them.")),
    atLeast: optional(quantity("money", "The lines that fit cost this much or more.")),
    limits: optional(limits),
    budget: optional(quantity("points", "Most points that the offer may give to everybody together.")),
    funders: optional(funders),
    expiry: optional(quantity("duration", "Last day of the points; as the programme says unless given.")),
  },
  { ...closed, description: "An offer: one of `percent`, `points`, `multiply`, `voucher`." },
);

export const offerFileSchema = Type.Object(
  {
    format: Type.Literal(1, { expected: "1", description: "Version of this format." }),
    offers: section(offerSchema, "Offers."),
  },
  { ...closed, title: "Dolka offers", description: "Offers of one or several partners." },
);

/** An offer as its author wrote it, quantities in one spelling. */
export type OfferDocument = Static<typeof offerSchema>;
export type OfferFile = Static<typeof offerFileSchema>;
