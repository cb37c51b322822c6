import { Type } from "typebox";
import { operation } from "#platform/http/operation.ts";
import {
  PAYMENT_EXAMPLE,
  PaymentSchema,
  PLAN_EXAMPLE,
  PlanSchema,
  SUBSCRIPTION_EXAMPLE,
  SubscriptionSchema,
  TokenSchema,
} from "./schemas.ts";

const MemberParams = Type.Object({ memberId: Type.String({ description: "`mem_…`" }) });
const SubscriptionParams = Type.Object({ subscriptionId: Type.String({ description: "`sub_…`" }) });
const Page = { limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }), cursor: Type.Optional(Type.String()) };
const IdempotencyHeaders = Type.Object({
  "idempotency-key": Type.String({
    minLength: 1,
    maxLength: 200,
    pattern: "^[\\x21-\\x7e]+$",
    description: "Names this request among those of the member; kept for good. A repeat buys nothing more.",
  }),
});

const change = <const Id extends string>(operationId: Id, summary: string, description: string) =>
  operation({
    operationId,
    tag: "Subscriptions",
    summary,
    description,
    params: SubscriptionParams,
    status: 200,
    answer: SubscriptionSchema,
    problems: ["unknown-subscription", "no-programme", "subscription-state", "overloaded"],
    example: { answer: SUBSCRIPTION_EXAMPLE },
  });

const PaymentEvent = Type.Object(
  {
    key: Type.String({ minLength: 1, maxLength: 60 }),
    state: Type.Enum(["succeeded", "declined"]),
    reference: Type.String({ minLength: 1, maxLength: 128 }),
    decline: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    mayRetry: Type.Optional(Type.Boolean({ description: "Of a decline; true if not said." })),
  },
  { additionalProperties: false, title: "PaymentEvent" },
);
const EVENT_EXAMPLE = {
  key: "sub_000000000z8000001.1",
  state: "succeeded",
  reference: "sbx_5f2b90c1d0a4e7b38c61",
};

export const subscriptionOperations = {
  listSubscriptionPlans: operation({
    operationId: "listSubscriptionPlans",
    tag: "Subscriptions",
    summary: "List the subscriptions that are sold, with what they bring",
    status: 200,
    answer: Type.Object({ items: Type.Array(PlanSchema) }, { title: "SubscriptionPlanList" }),
    problems: ["no-programme"],
    example: { answer: { items: [PLAN_EXAMPLE] } },
  }),
  createSubscription: operation({
    operationId: "createSubscription",
    tag: "Subscriptions",
    summary: "Buy a subscription, with a trial or a promo code where the plan has them",
    description:
      "Benefits hold from the moment the payment succeeded: a receipt of an earlier time has none, however late it comes. `pending` means that the provider has not settled the payment yet.",
    params: MemberParams,
    headers: IdempotencyHeaders,
    body: Type.Object(
      {
        plan: Type.String({ minLength: 1, maxLength: 63, pattern: "^[a-z0-9][a-z0-9-]*$" }),
        paymentToken: Type.Optional(TokenSchema),
        trial: Type.Optional(Type.Boolean({ description: "Begin with the plan's trial; false if not said." })),
        promoCode: Type.Optional(
          Type.String({
            minLength: 1,
            maxLength: 40,
            pattern: "^[A-Za-z0-9 -]+$",
            description: "Of the plan, or of a promotion that gives its price.",
          }),
        ),
      },
      { additionalProperties: false, title: "SubscriptionRequest" },
    ),
    status: 201,
    answer: SubscriptionSchema,
    problems: [
      "unknown-member",
      "no-programme",
      "unknown-plan",
      "already-subscribed",
      "payment-declined",
      "payment-needed",
      "card-number",
      "no-trial",
      "trial-used",
      "unknown-promo",
      "promo-used",
      "promo-exhausted",
      "promo-not-begun",
      "promo-closed",
      "promo-not-for-you",
      "promo-code-used",
      "promo-used-up",
      "promo-limit",
      "promo-code-elsewhere",
      "too-many-codes",
      "idempotency-conflict",
      "overloaded",
    ],
    isRepeatable: true,
    example: { body: { plan: "dolka-plus", paymentToken: "tok_ok" }, answer: SUBSCRIPTION_EXAMPLE },
  }),
  listSubscriptions: operation({
    operationId: "listSubscriptions",
    tag: "Subscriptions",
    summary: "List a member's subscriptions, those that ended too, newest first",
    params: MemberParams,
    status: 200,
    answer: Type.Object({ items: Type.Array(SubscriptionSchema) }, { title: "SubscriptionList" }),
    problems: ["unknown-member", "no-programme"],
    example: { answer: { items: [SUBSCRIPTION_EXAMPLE] } },
  }),
  getSubscription: operation({
    operationId: "getSubscription",
    tag: "Subscriptions",
    summary: "Read a subscription",
    params: SubscriptionParams,
    status: 200,
    answer: SubscriptionSchema,
    problems: ["unknown-subscription", "no-programme"],
    example: { answer: SUBSCRIPTION_EXAMPLE },
  }),
  cancelSubscription: change(
    "cancelSubscription",
    "Cancel a subscription: it ends with the period that is paid for",
    "While a renewal's payment is tried again (`grace`) it ends at once. No money comes back; see refund.",
  ),
  resumeSubscription: change(
    "resumeSubscription",
    "Resume a subscription that was cancelled and has not ended",
    "It renews at the end of its period again.",
  ),
  setPaymentMethod: operation({
    operationId: "setPaymentMethod",
    tag: "Subscriptions",
    summary: "Pay with another card from now on",
    description: "While a renewal's payment is tried again, the new card is tried at once.",
    params: SubscriptionParams,
    body: Type.Object({ paymentToken: TokenSchema }, { additionalProperties: false, title: "PaymentMethod" }),
    status: 200,
    answer: SubscriptionSchema,
    problems: [
      "unknown-subscription",
      "no-programme",
      "subscription-state",
      "card-number",
      "payment-declined",
      "overloaded",
    ],
    example: { body: { paymentToken: "tok_ok" }, answer: SUBSCRIPTION_EXAMPLE },
  }),
  refundSubscription: operation({
    operationId: "refundSubscription",
    tag: "Subscriptions",
    summary: "End a subscription now and give money back",
    description:
      "By the plan's policy unless the body says otherwise: of the last payment the whole days that are left, all, or nothing; points that its rules gave since the period began are kept or taken back.",
    params: SubscriptionParams,
    body: Type.Object(
      {
        share: Type.Optional(Type.Enum(["pro-rata", "full", "none"])),
        points: Type.Optional(Type.Enum(["keep", "take-back"])),
      },
      { additionalProperties: false, title: "SubscriptionRefund" },
    ),
    status: 200,
    answer: SubscriptionSchema,
    problems: ["unknown-subscription", "no-programme", "subscription-state", "overloaded"],
    example: { body: { share: "pro-rata" }, answer: SUBSCRIPTION_EXAMPLE },
  }),
  listSubscriptionPayments: operation({
    operationId: "listSubscriptionPayments",
    tag: "Subscriptions",
    summary: "List the payments and refunds of a subscription, newest first",
    params: SubscriptionParams,
    querystring: Type.Object(Page, { additionalProperties: false }),
    status: 200,
    answer: Type.Object(
      { items: Type.Array(PaymentSchema), next: Type.Optional(Type.String()) },
      { title: "SubscriptionPaymentPage" },
    ),
    problems: ["unknown-subscription"],
    example: { answer: { items: [PAYMENT_EXAMPLE] } },
  }),
  createPaymentEvent: operation({
    operationId: "createPaymentEvent",
    tag: "Subscriptions",
    summary: "Tell what became of a payment that was pending at the provider",
    description:
      "By a person of the operator. Told twice, it counts once; money for what has ended meanwhile goes back.",
    body: PaymentEvent,
    status: 200,
    answer: PaymentSchema,
    problems: ["unknown-payment", "payment-settled", "no-programme", "overloaded"],
    example: { body: EVENT_EXAMPLE, answer: PAYMENT_EXAMPLE },
  }),
  notifyPayment: operation({
    operationId: "notifyPayment",
    tag: "Subscriptions",
    summary: "Take the payment gateway's message of what became of a payment",
    description:
      "Signed by the shared secret (Standard Webhooks: `webhook-id`, `webhook-timestamp`, `webhook-signature`), without a key. As `POST /v1/payment-events` else: told twice, it counts once.",
    body: PaymentEvent,
    status: 200,
    answer: PaymentSchema,
    problems: ["bad-signature", "unknown-payment", "payment-settled", "no-programme", "overloaded"],
    example: { body: EVENT_EXAMPLE, answer: PAYMENT_EXAMPLE },
  }),
  listSubscriptionRevenue: operation({
    operationId: "listSubscriptionRevenue",
    tag: "Subscriptions",
    summary: "Read a month's money from subscriptions by seller, and the payments behind it",
    description: "A partner sees what it sells. Payments are listed by the day they count on.",
    querystring: Type.Object(
      { month: Type.String({ description: "YYYY-MM" }), ...Page },
      { additionalProperties: false },
    ),
    status: 200,
    answer: Type.Object(
      {
        totals: Type.Array(
          Type.Object({
            seller: Type.String(),
            plan: Type.String(),
            payments: Type.Integer(),
            chargedKopecks: Type.Integer(),
            refundedKopecks: Type.Integer(),
            netKopecks: Type.Integer(),
          }),
        ),
        items: Type.Array(PaymentSchema),
        next: Type.Optional(Type.String()),
      },
      { title: "SubscriptionRevenue" },
    ),
    problems: [],
    example: {
      answer: {
        totals: [
          {
            seller: "dolka-operator",
            plan: "dolka-plus",
            payments: 1,
            chargedKopecks: 19_900,
            refundedKopecks: 0,
            netKopecks: 19_900,
          },
        ],
        items: [PAYMENT_EXAMPLE],
      },
    },
  }),
};
