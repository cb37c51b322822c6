import { Type } from "typebox";

const instant = (description: string) => Type.String({ format: "date-time", description });
const kopecks = (description: string) => Type.Integer({ description: `${description} Kopecks.` });
const Text = Type.Object({ ru: Type.String(), en: Type.String() });

export const PlanSchema = Type.Object(
  {
    plan: Type.String(),
    name: Text,
    seller: Type.String({ description: "The partner that gets the money." }),
    priceKopecks: kopecks("Of one period."),
    period: Type.Enum(["month", "year"]),
    trial: Type.Optional(
      Type.Object({
        lasts: Type.String({ description: "Such as `14 days`." }),
        priceKopecks: kopecks("Of the trial."),
      }),
    ),
    graceHours: Type.Integer({ description: "How long it holds while a renewal's payment is tried again." }),
    rules: Type.Array(Type.Object({ rule: Type.String(), name: Text }), { description: "What it brings at the till." }),
    delivery: Type.Optional(Type.Object({ at: Type.Array(Type.String()), feeKopecks: kopecks("Of one delivery.") })),
  },
  { title: "SubscriptionPlan" },
);
export const PLAN_EXAMPLE = {
  plan: "dolka-plus",
  name: { ru: "Долька Плюс", en: "Dolka Plus" },
  seller: "dolka-operator",
  priceKopecks: 19_900,
  period: "month" as const,
  trial: { lasts: "14 days", priceKopecks: 0 },
  graceHours: 72,
  rules: [{ rule: "subscription", name: { ru: "на продукты по подписке", en: "on groceries" } }],
  delivery: { at: ["kalitka", "samobranka"], feeKopecks: 9_900 },
};

export const SubscriptionSchema = Type.Object(
  {
    subscription: Type.String({ description: "`sub_…`" }),
    member: Type.String(),
    plan: Type.String(),
    seller: Type.String(),
    state: Type.Enum(["pending", "active", "grace", "ended"], {
      description:
        "`pending`: the first payment is on its way; `grace`: the period is over and its payment is tried again.",
    }),
    isCancelled: Type.Boolean({ description: "It ends with its period." }),
    isTrial: Type.Boolean(),
    createdAt: instant("When it was asked for."),
    startedAt: Type.Optional(instant("From when benefits hold: receipts of an earlier time have none.")),
    periodFrom: Type.Optional(instant("The period that is paid for.")),
    periodUntil: Type.Optional(instant("Exclusive.")),
    benefitUntil: Type.Optional(instant("Until when benefits hold as things are; exclusive.")),
    next: Type.Optional(Type.Object({ at: instant("When."), amountKopecks: kopecks("What the next payment takes.") })),
    promo: Type.Optional(Type.Object({ id: Type.String(), periodsLeft: Type.Integer() })),
    endedAt: Type.Optional(instant("When it ended.")),
    endReason: Type.Optional(Type.Enum(["declined", "cancelled", "payment-failed", "refunded"])),
    text: Text,
  },
  { title: "Subscription" },
);
export const SUBSCRIPTION_EXAMPLE = {
  subscription: "sub_000000000z8000001",
  member: "mem_000000000z8",
  plan: "dolka-plus",
  seller: "dolka-operator",
  state: "active" as const,
  isCancelled: false,
  isTrial: false,
  createdAt: "2026-03-02T12:00:00.000Z",
  startedAt: "2026-03-02T12:00:00.000Z",
  periodFrom: "2026-03-02T12:00:00.000Z",
  periodUntil: "2026-04-02T12:00:00.000Z",
  benefitUntil: "2026-04-05T12:00:00.000Z",
  next: { at: "2026-04-02T12:00:00.000Z", amountKopecks: 19_900 },
  text: {
    ru: "Действует до 02.04.2026, затем спишется 199,00 ₽.",
    en: "Active until 2026-04-02, then ₽199.00 is charged.",
  },
};

export const PaymentSchema = Type.Object(
  {
    key: Type.String({ description: "Our key of it at the payment provider." }),
    subscription: Type.String(),
    member: Type.String(),
    kind: Type.Enum(["charge", "refund"]),
    plan: Type.String(),
    seller: Type.String({ description: "Whose money it is." }),
    amountKopecks: kopecks("Taken, or given back."),
    state: Type.Enum(["created", "pending", "succeeded", "declined"]),
    decline: Type.Optional(Type.String()),
    reference: Type.Optional(Type.String({ description: "The provider's own id." })),
    cites: Type.Optional(Type.String({ description: "Of a refund: the key of the charge." })),
    periodFrom: instant("What it pays for."),
    periodUntil: instant("Exclusive."),
    isTrial: Type.Boolean(),
    promo: Type.Optional(Type.String()),
    createdAt: instant("When it was asked for."),
    settledAt: Type.Optional(instant("When it succeeded or failed.")),
    accountingDay: Type.Optional(Type.String({ format: "date", description: "The day it counts on." })),
  },
  { title: "SubscriptionPayment" },
);
export const PAYMENT_EXAMPLE = {
  key: "sub_000000000z8000001.1",
  subscription: "sub_000000000z8000001",
  member: "mem_000000000z8",
  kind: "charge" as const,
  plan: "dolka-plus",
  seller: "dolka-operator",
  amountKopecks: 19_900,
  state: "succeeded" as const,
  reference: "sbx_5f2b90c1d0a4e7b38c61",
  periodFrom: "2026-03-02T12:00:00.000Z",
  periodUntil: "2026-04-02T12:00:00.000Z",
  isTrial: false,
  createdAt: "2026-03-02T12:00:00.000Z",
  settledAt: "2026-03-02T12:00:00.000Z",
  accountingDay: "2026-03-02",
};

export const TokenSchema = Type.String({
  minLength: 5,
  maxLength: 128,
  pattern: "^[A-Za-z][A-Za-z0-9_.:-]*$",
  description: "Names a card at the payment provider. Card numbers are refused.",
});

/** Twelve digits or more, whatever stands between them, are a card number rather than a token. */
export function looksLikeCardNumber(token: string): boolean {
  return /\d{12}/.test(token.replaceAll(/[\s_.:-]/g, ""));
}
