import { type Static, type TSchema, Type } from "typebox";
import type { AwardBody, HoldBody, ReceiptBody, ReturnBody, RuleView, WalletView } from "../answers.ts";
import type { QuoteBody } from "../checkout.ts";

/** What checkout answers. Field names without a unit are hundredths of a point, `base` and `refundKopecks` kopecks. */

const cents = (description: string) => Type.Integer({ description });

export const WalletSchema = Type.Object(
  {
    activeCents: cents("Can be spent now, hundredths of a point."),
    pendingCents: cents("Earned and not active yet."),
    heldCents: cents("Set aside by holds."),
    arrearsCents: cents("Owed back by the member."),
  },
  { title: "Wallet", description: "A member's sums after the operation, hundredths of a point." },
);

const RuleSchema = Type.Object(
  {
    rule: Type.String({ description: "The rule's id in the programme." }),
    funder: Type.String({ description: "The partner that pays for these points." }),
    base: Type.Integer({ description: "Kopecks that the rule looked at." }),
    percent: Type.Optional(Type.Integer({ description: "Basis points, for rules of a percentage." })),
    points: Type.Integer({ description: "Hundredths of a point, negative where a limit cut them." }),
    why: Type.String({ description: "The reason in a sentence for the member." }),
  },
  { title: "RuleResult" },
);

const NOTES = Type.Optional(
  Type.Array(
    Type.Object(
      {
        code: Type.Enum(["held-for-review", "earning-stopped"]),
        why: Type.String({ description: "In a sentence for the till and the member." }),
      },
      { title: "ReceiptNote" },
    ),
    { description: "What to tell besides: points that are being checked, earning that is stopped." },
  ),
);

const MEMBER = Type.String({ description: "The member's id, `mem_…`." });
const OPERATION = Type.String({ description: "The operation's id, `op_…`." });

export const ReceiptAnswerSchema = Type.Object(
  {
    receiptId: Type.String({ description: "Names the receipt in later requests, `rcp_…`." }),
    operation: Type.Optional(OPERATION),
    member: Type.Optional(MEMBER),
    earned: cents("Points earned, hundredths."),
    reserved: Type.Optional(cents("Points that wait until their prepaid funder is topped up, hundredths.")),
    spent: cents("Points spent, hundredths."),
    rules: Type.Array(RuleSchema),
    notes: NOTES,
    wallet: Type.Optional(WalletSchema),
    programmeVersion: Type.Integer({ description: "The version of the programme that priced it." }),
  },
  { title: "ReceiptAnswer" },
);

export const QuoteAnswerSchema = Type.Object(
  {
    member: Type.Optional(MEMBER),
    earned: cents("What it would earn, hundredths of a point."),
    spent: cents("The spend that was asked for, hundredths."),
    spendable: cents("The most that could be spent on it, hundredths."),
    rules: Type.Array(RuleSchema),
    notes: NOTES,
    wallet: Type.Optional(WalletSchema),
    programmeVersion: Type.Integer(),
  },
  { title: "QuoteAnswer" },
);

const StoredLineSchema = Type.Object(
  {
    category: Type.String(),
    amount: Type.Integer({ description: "Kopecks." }),
    quantity: Type.Optional(Type.Number()),
    earned: Type.Optional(cents("Points that this line earned, hundredths.")),
    paidWithPoints: Type.Optional(cents("Points that paid for it, hundredths.")),
    returned: Type.Optional(Type.Integer({ description: "Kopecks of it that were brought back." })),
  },
  { title: "StoredReceiptLine" },
);

export const StoredReceiptSchema = Type.Object(
  {
    ...ReceiptAnswerSchema.properties,
    receipt: Type.Object(
      {
        partner: Type.String(),
        store: Type.String(),
        till: Type.String(),
        number: Type.String(),
        at: Type.String({ format: "date-time" }),
        channel: Type.Optional(Type.String()),
        lines: Type.Array(StoredLineSchema),
        deliveryFee: Type.Optional(Type.Integer({ description: "Kopecks." })),
        cashier: Type.Optional(Type.String({ description: "Who sat at the till, as a keyed hash." })),
        tenders: Type.Optional(
          Type.Array(
            Type.Object({
              kind: Type.String(),
              amount: Type.Integer({ description: "Kopecks." }),
              bank: Type.Optional(Type.String()),
            }),
          ),
        ),
      },
      { title: "StoredReceiptBody" },
    ),
    turnover: Type.Integer({ description: "Kopecks: lines and delivery." }),
  },
  { title: "StoredReceipt", additionalProperties: true },
);

export const ReturnAnswerSchema = Type.Object(
  {
    receiptId: Type.String({ description: "The receipt that was returned." }),
    operation: Type.Optional(OPERATION),
    member: Type.Optional(MEMBER),
    takenBack: cents("Earned points taken back, hundredths."),
    givenBack: cents("Spent points given back, hundredths."),
    arrears: cents("What was missing and is owed now, hundredths."),
    expired: cents("Of the points given back, expired at once, hundredths."),
    refundKopecks: Type.Integer({ description: "Money to pay back to the buyer, kopecks." }),
    refundPoints: cents("Points given instead of the money, hundredths."),
    wallet: Type.Optional(WalletSchema),
  },
  { title: "ReturnAnswer" },
);

export const HoldAnswerSchema = Type.Object(
  {
    hold: Type.String({ description: "Names the hold in later requests, `hold_…`." }),
    operation: OPERATION,
    member: MEMBER,
    state: Type.Enum(["open", "captured", "voided", "timed-out"]),
    held: cents("Hundredths of a point set aside."),
    captured: Type.Optional(cents("Hundredths of a point taken.")),
    released: Type.Optional(cents("Hundredths of a point given back.")),
    expiresAt: Type.String({ format: "date-time", description: "When an open hold times out." }),
    wallet: WalletSchema,
  },
  { title: "Hold" },
);

export const AwardAnswerSchema = Type.Object(
  {
    operation: OPERATION,
    member: MEMBER,
    earned: cents("Hundredths of a point."),
    reserved: Type.Optional(cents("Points that wait until their prepaid funder is topped up, hundredths.")),
    wallet: WalletSchema,
  },
  { title: "Award" },
);

/** Fields of an answer that its schema lacks: they would be left out of what is sent. */
type Unsaid<Body, Schema extends TSchema> = Exclude<keyof Body, keyof Static<Schema>>;
type Nothing<Fields extends never> = Fields;
/** Compiles only while every field that checkout answers with is in the schema. */
export type EverythingIsSaid = Nothing<
  | Unsaid<ReceiptBody, typeof ReceiptAnswerSchema>
  | Unsaid<RuleView, typeof RuleSchema>
  | Unsaid<WalletView, typeof WalletSchema>
  | Unsaid<QuoteBody, typeof QuoteAnswerSchema>
  | Unsaid<ReturnBody, typeof ReturnAnswerSchema>
  | Unsaid<HoldBody, typeof HoldAnswerSchema>
  | Unsaid<AwardBody, typeof AwardAnswerSchema>
>;
