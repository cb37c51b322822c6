import { Type } from "typebox";
import { choice, closed, id, name, oneOrMany, quantity, quantityOf, text } from "./schema-parts.ts";

/** Whose doings a velocity rule counts; a list counts each combination apart. */
export const VELOCITY_SUBJECTS = [
  "member",
  "card",
  "payment-card",
  "device",
  "cashier",
  "till",
  "store",
  "partner",
] as const;

const velocityWhen = Type.Object(
  {
    partner: Type.Optional(oneOrMany(id("A partner."), "Only at these partners.")),
    brand: Type.Optional(oneOrMany(id("A brand."), "Only in stores of these brands.")),
    store: Type.Optional(oneOrMany(id("A store."), "Only in these stores.")),
    city: Type.Optional(oneOrMany(id("A city."), "Only in stores of these cities.")),
    channel: Type.Optional(oneOrMany(id("A channel."), "The receipt's channel, else its store's.")),
  },
  { ...closed, description: "Where it counts; everywhere unless given." },
);

export const velocityRule = Type.Object(
  {
    name: name("What the till and the member read when it stops something: «слишком много чеков за час»."),
    of: oneOrMany(
      choice(
        VELOCITY_SUBJECTS,
        "`card` is the identifier that was shown, whatever its kind; `payment-card` the token of a tender.",
      ),
      "Whose doings are counted: each one's apart, of a list each combination's. A receipt without one of them is not counted.",
    ),
    on: Type.Optional(
      choice(
        ["purchase", "spend", "return"],
        "What is counted and judged; `purchase` unless given. `spend`: receipts and holds that take points. `return`: returns are counted, and the next purchase is judged by them.",
      ),
    ),
    limit: Type.Optional(
      quantityOf(
        ["times", "money", "points", "distinct"],
        [],
        "The most within the window, this one included: how often, for how much, how many points earned (of `on: spend`, spent), or how many different members, cards and so on.",
      ),
    ),
    apart: Type.Optional(quantity("duration", "The least time between two of them, instead of a limit.")),
    within: Type.Optional(
      quantity("duration", "A window that ends with the receipt; minutes, hours, at most 31 days."),
    ),
    per: Type.Optional(choice(["day", "week", "month"], "Or a window by the calendar, in the programme's time zone.")),
    when: Type.Optional(velocityWhen),
    action: choice(
      ["allow", "review", "refuse"],
      "`allow`: it is logged. `review`: the points are pending until somebody decides. `refuse`: the request is refused.",
    ),
    note: Type.Optional(text("For colleagues; nobody else sees it.")),
  },
  { ...closed, description: "A limit of how fast and how much, against abuse; it changes no prices." },
);
