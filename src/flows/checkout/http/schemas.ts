import { type Static, Type } from "typebox";
import { IDENTIFIER_KINDS } from "#domains/identity/index.ts";
import { MAX_AMOUNT } from "#kernel/money.ts";
import { REFUSED_LINE_FIELDS, REFUSED_RECEIPT_FIELDS } from "./product-fields.ts";

/** What tills and partners send. Amounts are kopecks, points are hundredths of a point. */

export const MAX_LINES = 500;

const STRICT = { additionalProperties: false } as const;
/** No control characters: these texts are printed, compared and made into keys. */
const PLAIN = "^[^\\u0000-\\u001f\\u007f]+$";

const slug = (description: string) =>
  Type.String({ minLength: 1, maxLength: 64, pattern: "^[a-z0-9][a-z0-9._-]*$", description });
const plain = (maxLength: number, description: string) =>
  Type.String({ minLength: 1, maxLength, pattern: PLAIN, description });
const kopecks = (description: string) => Type.Integer({ minimum: 0, maximum: MAX_AMOUNT, description });
const cents = (minimum: number, description: string) => Type.Integer({ minimum, maximum: MAX_AMOUNT, description });
const instant = (description: string) =>
  Type.String({ format: "date-time", maxLength: 40, description: `${description} RFC 3339 with an offset.` });

export const MemberSchema = Type.Object(
  {
    kind: Type.Optional(Type.Enum(IDENTIFIER_KINDS, { description: "Kind of the identifier." })),
    value: Type.Optional(plain(256, "The identifier as it was read. It is kept as a keyed hash only.")),
    id: Type.Optional(Type.String({ maxLength: 32, description: "A member's id, `mem_…`." })),
  },
  {
    ...STRICT,
    title: "MemberRef",
    description: "A member by an identifier (`kind` and `value`) or by `id`.",
    oneOf: [{ required: ["kind", "value"] }, { required: ["id"] }],
  },
);

const LineSchema = Type.Object(
  {
    category: slug("Category of the programme. A line never says which product it was."),
    amount: kopecks("What the line costs after all discounts, kopecks."),
    quantity: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, description: "Pieces." })),
  },
  { ...STRICT, title: "ReceiptLine", "x-refused": REFUSED_LINE_FIELDS },
);

const TenderSchema = Type.Object(
  {
    kind: slug("How it was paid: `cash`, `card`, `points`, …"),
    amount: kopecks("Kopecks."),
    token: Type.Optional(plain(256, "The card's payment token; an identifier, never stored.")),
    bank: Type.Optional(slug("The card's bank.")),
  },
  { ...STRICT, title: "Tender" },
);

export const ReceiptSchema = Type.Object(
  {
    partner: slug("The partner that sold."),
    store: slug("The store."),
    till: plain(64, "The till within its store."),
    number: plain(64, "The receipt's number; with partner, store, till and business day it is the receipt's key."),
    at: instant("When it was bought, by the till's clock."),
    channel: Type.Optional(slug("`store`, `online`, …")),
    member: Type.Optional(MemberSchema),
    lines: Type.Array(LineSchema, { minItems: 1, maxItems: MAX_LINES }),
    deliveryFee: Type.Optional(kopecks("Kopecks.")),
    tenders: Type.Optional(
      Type.Array(TenderSchema, {
        minItems: 1,
        maxItems: 20,
        description: "When given, they sum to the lines and the delivery fee, and those of kind `points` to `spend`.",
      }),
    ),
    cashier: Type.Optional(
      plain(64, "Who sat at the till, by the partner's own number. It is kept as a keyed hash only."),
    ),
    device: Type.Optional(plain(128, "The device of the app or web shop. It is kept as a keyed hash, for some weeks.")),
    spend: Type.Optional(cents(0, "Points to spend on this receipt, hundredths.")),
    hold: Type.Optional(Type.String({ maxLength: 40, description: "A hold to capture for the spend, `hold_…`." })),
  },
  { ...STRICT, title: "Receipt", "x-refused": REFUSED_RECEIPT_FIELDS },
);
export type ReceiptJson = Static<typeof ReceiptSchema>;

export const ReturnSchema = Type.Object(
  {
    store: slug("Where it was brought back."),
    till: plain(64, "The till within its store."),
    number: plain(64, "Number of the return; with store, till and business day it is the return's key."),
    at: instant("When it was brought back."),
    cashier: Type.Optional(plain(64, "Who took it back. It is kept as a keyed hash only.")),
    lines: Type.Optional(
      Type.Array(
        Type.Object(
          {
            line: Type.Integer({ minimum: 0, maximum: MAX_LINES - 1, description: "Index in the receipt, from 0." }),
            amount: Type.Integer({
              minimum: 1,
              maximum: MAX_AMOUNT,
              description: "Kopecks of the line that come back.",
            }),
          },
          { ...STRICT, title: "ReturnLine", "x-refused": REFUSED_LINE_FIELDS },
        ),
        { minItems: 1, maxItems: MAX_LINES },
      ),
    ),
    all: Type.Optional(Type.Literal(true, { description: "Everything that is left." })),
    refund: Type.Optional(
      Type.Enum(["money", "points"], { description: "How the money part is paid back; `money` if not said." }),
    ),
  },
  { ...STRICT, title: "Return", oneOf: [{ required: ["lines"] }, { required: ["all"] }] },
);
export type ReturnJson = Static<typeof ReturnSchema>;

export const HoldSchema = Type.Object(
  {
    partner: slug("The partner that will take the points."),
    member: MemberSchema,
    pointsCents: cents(1, "Hundredths of a point to set aside."),
    ttlSeconds: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 31_536_000, description: "Until it times out; 900 if not said." }),
    ),
    reference: Type.Optional(plain(128, "The partner's own id of what it is for.")),
  },
  { ...STRICT, title: "HoldRequest" },
);
export type HoldJson = Static<typeof HoldSchema>;

export const CaptureSchema = Type.Object(
  { pointsCents: cents(1, "Hundredths of a point to take; the rest goes back.") },
  { ...STRICT, title: "CaptureRequest" },
);

export const AwardSchema = Type.Object(
  {
    member: MemberSchema,
    pointsCents: cents(1, "Hundredths of a point."),
    funder: slug("Who pays: the seller that compensates, or the operator."),
    reason: Type.String({ minLength: 1, maxLength: 500, description: "Why; the member reads it." }),
    expiresAt: Type.Optional(instant("When the points expire, exclusive; by the programme if not said.")),
  },
  { ...STRICT, title: "AwardRequest" },
);
export type AwardJson = Static<typeof AwardSchema>;

/** Node gives header names in lower case. */
export const IdempotencyHeaders = Type.Object({
  "idempotency-key": Type.String({
    minLength: 1,
    maxLength: 200,
    pattern: "^[\\x21-\\x7e]+$",
    description: "Names this request among the caller's own; kept for good. A repeat gets the same answer.",
  }),
});
