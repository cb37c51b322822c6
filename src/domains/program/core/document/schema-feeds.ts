import { Type } from "typebox";
import { choice, closed, id, name, oneOrMany, quantity } from "./schema-parts.ts";
import { shares } from "./schema-rules.ts";

const MCC = "^\\d{4}(?:-\\d{4})?$";
const mcc = (description: string) =>
  Type.String({ pattern: MCC, expected: "an MCC of four digits, or a range such as 6010-6012", description });

/** What a bank tells of card payments outside of the coalition. */
export const cardFeed = Type.Object(
  {
    store: id(
      "The bank's card processing: payments become receipts of this store, and rules for it say what they earn.",
    ),
    category: id("Category of what is bought, unless `byMcc` says another."),
    byMcc: Type.Optional(
      Type.Record(
        Type.String({ pattern: "^[a-z0-9][a-z0-9-]{0,62}$" }),
        oneOrMany(mcc("An MCC."), "MCCs of the category."),
        {
          additionalProperties: false,
          expected: "categories with MCCs",
          description: "Categories by MCC.",
        },
      ),
    ),
    exceptMcc: Type.Optional(
      oneOrMany(mcc("An MCC."), "Payments that earn nothing: transfers, cash, gambling, taxes."),
    ),
    exceptMerchants: Type.Optional(
      oneOrMany(
        Type.String({ minLength: 1, maxLength: 64, expected: "a merchant's id at the bank" }),
        "Merchants that earn nothing here: the coalition's own, whose tills send receipts.",
      ),
    ),
    token: Type.Optional(
      choice(["payment", "token"], "Kind of identifier that the feed's tokens are; `payment` unless given."),
    ),
  },
  { ...closed, description: "A bank's card payments outside of the coalition." },
);

export const referral = Type.Object(
  {
    name: name("What members read: «за приглашение друга»."),
    least: quantity("money", "The first real purchase costs this much or more, points taken off."),
    at: Type.Optional(oneOrMany(id("A partner."), "Only receipts of these partners count.")),
    within: quantity("duration", "Days from the invitation's acceptance in which it is made."),
    keep: quantity("duration", "Days in which it must not be returned; then both sides are rewarded."),
    inviter: quantity("points", "What the inviting member gets."),
    invited: quantity("points", "What the new member gets."),
    funders: shares,
    expiry: Type.Optional(quantity("duration", "Last day of the points; as `lots` say unless given.")),
    perMonth: quantity("times", "How many invitations of one member are rewarded a month, by the purchase's day."),
    onReturn: Type.Optional(
      choice(
        ["keep", "take-back"],
        "A return after the reward, below `least`: it stays, or is taken back from both; `take-back` unless given.",
      ),
    ),
    onHousehold: Type.Optional(
      choice(["allow", "refuse"], "People of one household may invite each other, or not; `refuse` unless given."),
    ),
  },
  { ...closed, description: "Members invite members; both are rewarded after the first real purchase." },
);
