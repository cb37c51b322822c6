import { type CompiledProgramme, numbers } from "#domains/program/index.ts";
import { nextCharge, type Payment, type Plan, planOf, type Subscription } from "#domains/subscription/index.ts";
import { memberIds, subscriptionIds } from "#kernel/ids.ts";
import { type EpochMs, formatDay, formatInstant } from "#kernel/time.ts";
import { paymentKey } from "../collect.ts";
import { asksFor } from "../settle-benefit.ts";
import type { PAYMENT_EXAMPLE, PLAN_EXAMPLE, SUBSCRIPTION_EXAMPLE } from "./schemas.ts";

const HOUR_MS = 3_600_000;

export function planJson(plan: Plan, programme: CompiledProgramme) {
  const rules = [...programme.rules.values()].filter(({ id }) => asksFor(programme, id, plan.id));
  const { trial, delivery } = plan;
  const view: Omit<typeof PLAN_EXAMPLE, "period" | "trial" | "delivery"> = {
    plan: plan.id,
    name: plan.name,
    seller: plan.seller,
    priceKopecks: plan.priceKopecks,
    graceHours: Math.floor(plan.graceMs / HOUR_MS),
    rules: rules.map(({ id, name }) => ({ rule: id, name })),
  };
  return {
    ...view,
    period: plan.months === 1 ? ("month" as const) : ("year" as const),
    ...(trial === undefined
      ? {}
      : { trial: { lasts: `${trial.lasts.count} ${trial.lasts.unit}s`, priceKopecks: trial.priceKopecks } }),
    ...(delivery === undefined ? {} : { delivery: { at: [...delivery.partners], feeKopecks: delivery.feeKopecks } }),
  };
}

type SubscriptionView = Pick<
  typeof SUBSCRIPTION_EXAMPLE,
  "subscription" | "member" | "plan" | "seller" | "isCancelled" | "isTrial" | "createdAt" | "text"
>;

export function subscriptionJson(subscription: Subscription, programme: CompiledProgramme) {
  const { member, number, state, isCancelled, token, promo, promoLeft, endReason } = subscription;
  const plan = planOf(programme, subscription.plan);
  const isRenewed = (state === "active" || state === "grace") && !isCancelled && token !== undefined;
  const charge = isRenewed && plan ? nextCharge(subscription, plan, programme.calendar) : undefined;
  const view: SubscriptionView = {
    subscription: subscriptionIds.format({ member, seq: number }),
    member: memberIds.format(member),
    plan: subscription.plan,
    seller: subscription.seller,
    isCancelled,
    isTrial: subscription.isTrial,
    createdAt: formatInstant(subscription.createdAt),
    text: textOf(subscription, charge?.amountKopecks, programme),
  };
  return {
    ...view,
    state,
    ...time("startedAt", subscription.startedAt),
    ...time("periodFrom", subscription.periodFromAt),
    ...time("periodUntil", subscription.periodUntilAt),
    ...time("benefitUntil", subscription.benefitUntilAt),
    ...(charge === undefined
      ? {}
      : {
          next: {
            at: formatInstant(Math.max(charge.periodFromAt, subscription.nextAt ?? 0)),
            amountKopecks: charge.amountKopecks,
          },
        }),
    ...(promo === undefined ? {} : { promo: { id: promo, periodsLeft: promoLeft } }),
    ...time("endedAt", subscription.endedAt),
    ...(endReason === undefined ? {} : { endReason }),
  };
}

function time<const Name extends string>(name: Name, at: EpochMs | undefined): { readonly [name in Name]?: string } {
  return (at === undefined ? {} : { [name]: formatInstant(at) }) as { readonly [name in Name]?: string };
}

/** Where a subscription stands, in a sentence for the member. */
function textOf(
  { state, isCancelled, token, periodUntilAt, benefitUntilAt, endReason }: Subscription,
  nextKopecks: number | undefined,
  { calendar }: CompiledProgramme,
): { ru: string; en: string } {
  const day = (at: EpochMs | undefined) => formatDay(calendar.dayOf(at ?? 0));
  const ruDay = (at: EpochMs | undefined) => day(at).split("-").reverse().join(".");
  if (state === "pending") return { ru: "Ждём подтверждения платежа.", en: "Waiting for the payment to be confirmed." };
  if (state === "ended") return ENDED[endReason ?? "cancelled"];
  if (state === "grace") {
    return {
      ru: `Платёж не прошёл. Подписка действует до ${ruDay(benefitUntilAt)}, мы попробуем ещё раз; можно сменить карту.`,
      en: `The payment failed. Active until ${day(benefitUntilAt)}; it will be tried again, or use another card.`,
    };
  }
  if (isCancelled || token === undefined || nextKopecks === undefined) {
    return {
      ru: `Действует до ${ruDay(periodUntilAt)} и не продлится.`,
      en: `Active until ${day(periodUntilAt)}; it will not be renewed.`,
    };
  }
  return {
    ru: `Действует до ${ruDay(periodUntilAt)}, затем спишется ${numbers.moneyText(nextKopecks, "ru")}.`,
    en: `Active until ${day(periodUntilAt)}, then ${numbers.moneyText(nextKopecks, "en")} is charged.`,
  };
}

const ENDED = {
  declined: { ru: "Платёж отклонён, подписка не началась.", en: "The payment was declined; it did not begin." },
  cancelled: { ru: "Подписка закончилась.", en: "The subscription has ended." },
  "payment-failed": { ru: "Подписка закончилась: платёж не прошёл.", en: "It ended: the payment failed." },
  refunded: { ru: "Подписка отменена, деньги возвращены.", en: "It was cancelled and refunded." },
} as const;

export function paymentJson(payment: Payment) {
  const { member, number, cites, decline, reference, promo, settledAt, accountingDay } = payment;
  const view: Omit<typeof PAYMENT_EXAMPLE, "kind" | "state" | "reference" | "settledAt" | "accountingDay"> = {
    key: paymentKey(payment),
    subscription: subscriptionIds.format({ member, seq: number }),
    member: memberIds.format(member),
    plan: payment.plan,
    seller: payment.seller,
    amountKopecks: payment.amountKopecks,
    periodFrom: formatInstant(payment.periodFromAt),
    periodUntil: formatInstant(payment.periodUntilAt),
    isTrial: payment.isTrial,
    createdAt: formatInstant(payment.createdAt),
  };
  return {
    ...view,
    kind: payment.kind,
    state: payment.state,
    ...(decline === undefined ? {} : { decline }),
    ...(reference === undefined ? {} : { reference }),
    ...(cites === undefined ? {} : { cites: paymentKey({ member, number, payment: cites }) }),
    ...(promo === undefined ? {} : { promo }),
    ...time("settledAt", settledAt),
    ...(accountingDay === undefined ? {} : { accountingDay: formatDay(accountingDay) }),
  };
}
