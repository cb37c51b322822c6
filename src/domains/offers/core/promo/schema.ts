import { type Static, Type } from "typebox";
import { schemaParts } from "#domains/program/index.ts";
import { audience, funders } from "../document/schema.ts";

const { closed, id, name, quantity, section, whole } = schemaParts;
const optional = Type.Optional;

const gives = Type.Object(
  {
    offer: optional(id("An offer that the member then holds; it must be personal.")),
    points: optional(quantity("points", "A fixed award.")),
    expiry: optional(quantity("duration", "Last day of the points; as the programme says unless given.")),
    subscription: optional(id("A subscription that then costs `price` for `periods`.")),
    price: optional(quantity("money", "Price of one period.")),
    periods: optional(quantity("times", "For so many periods.")),
  },
  { ...closed, description: "What a code gives: `offer`, `points`, or `subscription` with its price." },
);

export const promoSchema = Type.Object(
  {
    partner: id("Whose promo it is."),
    name: name("Name that members see."),
    from: quantity("day", "First day, in the programme's time zone; not before the promo is approved."),
    until: quantity("day", "Last day, inclusive."),
    code: optional(
      Type.String({
        pattern: "^[A-Z0-9][A-Z0-9-]{2,31}$",
        expected: "3 to 32 capital Latin letters, digits and hyphens",
        description: "The one code that all use. Without it codes are unique.",
      }),
    ),
    unique: optional(whole(1, 5_000_000, "How many unique codes there are; each is used once.")),
    limit: optional(quantity("times", "How often all codes together may be used.")),
    perMember: optional(quantity("times", "How often one member may use a code of it; once unless given.")),
    audience: optional(audience),
    gives,
    funders: optional(funders),
    budget: optional(quantity("points", "Most points that the codes may give to everybody together.")),
  },
  { ...closed, description: "A promo: one shared `code`, or so many `unique` ones." },
);

export const promoFileSchema = Type.Object(
  {
    format: Type.Literal(1, { expected: "1", description: "Version of this format." }),
    promotions: section(promoSchema, "Promotions."),
  },
  { ...closed, title: "Dolka promotions", description: "Promo codes of one or several partners." },
);

export type PromoDocument = Static<typeof promoSchema>;
export type PromoFile = Static<typeof promoFileSchema>;
