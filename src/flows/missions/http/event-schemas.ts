import { type Static, Type } from "typebox";
import { MemberSchema } from "#flows/checkout/http/index.ts";

const STRICT = { additionalProperties: false } as const;
const PLAIN = "^[^\\u0000-\\u001f\\u007f]+$";
export const SLUG = "^[a-z0-9][a-z0-9._-]*$";

const slug = (description: string) => Type.String({ minLength: 1, maxLength: 64, pattern: SLUG, description });

export const EventSchema = Type.Object(
  {
    partner: slug("Whose event it is."),
    id: Type.String({
      minLength: 1,
      maxLength: 128,
      pattern: PLAIN,
      description: "Your own id of it, unique for good.",
    }),
    type: slug("What happened: `card-issued`, `number-moved`, `policy-bought`, …"),
    member: MemberSchema,
    at: Type.String({ format: "date-time", maxLength: 40, description: "When it happened. RFC 3339 with an offset." }),
    data: Type.Optional(
      Type.Record(
        Type.String({ pattern: "^[a-z][A-Za-z0-9]{0,63}$" }),
        Type.Union([
          Type.String({ maxLength: 256, pattern: "^[^\\u0000-\\u001f\\u007f]*$" }),
          Type.Integer({ minimum: -9_007_199_254_740_991, maximum: 9_007_199_254_740_991 }),
          Type.Boolean(),
        ]),
        {
          ...STRICT,
          maxProperties: 32,
          description: "Facts that missions may ask for: texts, whole numbers, flags. No identifiers, no products.",
        },
      ),
    ),
  },
  { ...STRICT, title: "Event" },
);
export type EventJson = Static<typeof EventSchema>;

export const EventAnswerSchema = Type.Object(
  {
    partner: Type.String(),
    id: Type.String(),
    type: Type.String(),
    member: Type.String(),
    at: Type.String({ format: "date-time" }),
  },
  { title: "EventAccepted" },
);

export const StoredEventSchema = Type.Object(
  {
    ...EventAnswerSchema.properties,
    data: Type.Object({}, { additionalProperties: true }),
    receivedAt: Type.String({ format: "date-time" }),
  },
  { title: "StoredEvent" },
);

export const EVENT_EXAMPLE = {
  partner: "kubyshka",
  id: "issue-2026-000317",
  type: "card-issued",
  member: { kind: "phone", value: "+7 900 000-00-01" },
  at: "2026-03-05T12:30:00+03:00",
  data: { tariff: "everyday", isDigital: true },
};

export const EVENT_ANSWER_EXAMPLE = {
  partner: "kubyshka",
  id: "issue-2026-000317",
  type: "card-issued",
  member: "mem_000000000z8",
  at: "2026-03-05T09:30:00.000Z",
};
