import type { MemberId, PartnerId } from "#kernel/ids.ts";
import type { Kopecks } from "#kernel/money.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import { type Calendar, DAY_MS, type Day, type EpochMs } from "#kernel/time.ts";
import { lastsUntil, monthsAfter, type Plan, type Promo } from "./plan.ts";

export type SubscriptionState = "pending" | "active" | "grace" | "ended";
export type EndReason = "declined" | "cancelled" | "payment-failed" | "refunded";

/** A member's n-th subscription. The functions of this file take one and give what it becomes. */
export type Subscription = {
  readonly member: MemberId;
  readonly number: number;
  readonly plan: string;
  readonly seller: PartnerId;
  /** `pending`: the first payment is on its way; `grace`: the period is over and a payment failed. */
  readonly state: SubscriptionState;
  /** Ends with its period. */
  readonly isCancelled: boolean;
  readonly createdAt: EpochMs;
  readonly startedAt?: EpochMs;
  /** The period that is paid for, [from, until). */
  readonly periodFromAt?: EpochMs;
  readonly periodUntilAt?: EpochMs;
  readonly anchorAt?: EpochMs;
  readonly anchorMonths: number;
  readonly isTrial: boolean;
  readonly promo?: string;
  readonly promoKopecks?: Kopecks;
  readonly promoLeft: number;
  readonly token?: string;
  readonly attempts: number;
  /** Number of the last payment. */
  readonly payments: number;
  readonly nextAt?: EpochMs;
  readonly benefitUntilAt?: EpochMs;
  readonly endedAt?: EpochMs;
  readonly endReason?: EndReason;
  readonly takeBackFromAt?: EpochMs;
};

/** What is to be paid for one period. */
export type Charge = {
  readonly amountKopecks: Kopecks;
  readonly periodFromAt: EpochMs;
  readonly periodUntilAt: EpochMs;
  readonly isTrial: boolean;
  readonly promo?: string;
};

export type Payment = Charge & {
  readonly member: MemberId;
  readonly number: number;
  readonly payment: number;
  readonly kind: "charge" | "refund";
  readonly plan: string;
  readonly seller: PartnerId;
  readonly token: string;
  readonly state: "created" | "pending" | "succeeded" | "declined";
  readonly reference?: string;
  readonly decline?: string;
  /** Of a refund: the charge. */
  readonly cites?: number;
  readonly programmeVersion: number;
  readonly createdAt: EpochMs;
  readonly settledAt?: EpochMs;
  readonly accountingDay?: Day;
};

export type Opening = {
  readonly member: MemberId;
  readonly number: number;
  readonly plan: Plan;
  readonly withTrial: boolean;
  readonly promo: Promo | undefined;
  readonly token: string | undefined;
};

/** A new subscription with what its first period costs; one that costs nothing has begun. */
export function open(
  { member, number, plan, withTrial, promo, token }: Opening,
  now: EpochMs,
  calendar: Calendar,
): { readonly subscription: Subscription; readonly charge?: Charge } {
  const asked: Subscription = {
    member,
    number,
    plan: plan.id,
    seller: plan.seller,
    state: "pending",
    isCancelled: token === undefined,
    createdAt: now,
    anchorMonths: 0,
    isTrial: withTrial,
    ...(promo === undefined ? {} : { promo: promo.id, promoKopecks: promo.priceKopecks }),
    promoLeft: promo?.periods ?? 0,
    ...(token === undefined ? {} : { token }),
    attempts: 0,
    payments: 0,
  };
  const charge = firstCharge(asked, plan, now, calendar);
  if (charge.amountKopecks === 0) return { subscription: paid(asked, charge, plan, now, calendar) };
  return { subscription: { ...asked, nextAt: now }, charge };
}

function firstCharge(subscription: Subscription, plan: Plan, at: EpochMs, calendar: Calendar): Charge {
  const { trial } = plan;
  if (!subscription.isTrial || trial === undefined) return regular(subscription, plan, at, calendar);
  const periodUntilAt = lastsUntil(at, trial.lasts, calendar);
  return { amountKopecks: trial.priceKopecks, periodFromAt: at, periodUntilAt, isTrial: true };
}

/** A period at the plan's price, or at the promo's while that lasts. */
function regular(subscription: Subscription, plan: Plan, fromAt: EpochMs, calendar: Calendar): Charge {
  const { anchorAt = fromAt, anchorMonths, promo, promoKopecks, promoLeft } = subscription;
  const hasPromo = promo !== undefined && promoKopecks !== undefined && promoLeft > 0;
  return {
    amountKopecks: hasPromo ? promoKopecks : plan.priceKopecks,
    periodFromAt: fromAt,
    periodUntilAt: monthsAfter(anchorAt, anchorMonths + plan.months, calendar),
    isTrial: false,
    ...(hasPromo ? { promo } : {}),
  };
}

/** What the next period will cost, and when. */
export function nextCharge(subscription: Subscription, plan: Plan, calendar: Calendar): Charge | undefined {
  const { periodUntilAt } = subscription;
  return periodUntilAt === undefined ? undefined : regular(subscription, plan, periodUntilAt, calendar);
}

/**
 * The money has come: the period begins. The first one begins now, however long the payment took; a renewal joins the
 * period before it, also when it was paid in the days of grace.
 */
export function paid(
  subscription: Subscription,
  charge: Charge,
  plan: Plan,
  at: EpochMs,
  calendar: Calendar,
): Subscription {
  const isFirst = subscription.startedAt === undefined;
  const period = isFirst ? firstCharge(subscription, plan, at, calendar) : charge;
  const { periodFromAt, periodUntilAt, isTrial, promo } = period;
  return withBenefit(
    {
      ...subscription,
      state: "active",
      startedAt: subscription.startedAt ?? at,
      periodFromAt,
      periodUntilAt,
      isTrial,
      ...(isTrial
        ? {}
        : {
            anchorAt: subscription.anchorAt ?? periodFromAt,
            anchorMonths: subscription.anchorMonths + plan.months,
          }),
      promoLeft: subscription.promoLeft - (promo === undefined ? 0 : 1),
      attempts: 0,
      nextAt: periodUntilAt,
    },
    plan,
  );
}

/** The payment failed: a first one ends it, a renewal leaves days of grace in which it is tried again. */
export function declined(subscription: Subscription, mayRetry: boolean, plan: Plan, at: EpochMs): Subscription {
  const { periodUntilAt } = subscription;
  if (periodUntilAt === undefined) return ended(subscription, "declined", at, plan);
  if (subscription.isCancelled) return ended(subscription, "cancelled", Math.max(periodUntilAt, at), plan);
  const attempts = subscription.attempts + 1;
  const graceUntilAt = periodUntilAt + plan.graceMs;
  const pauseMs = plan.retriesMs[Math.min(attempts, plan.retriesMs.length) - 1] ?? plan.graceMs;
  const nextAt = mayRetry ? Math.min(graceUntilAt, at + pauseMs) : graceUntilAt;
  return withBenefit({ ...subscription, state: "grace", attempts, nextAt }, plan);
}

/** How long a first payment may be on its way. Money that comes later goes back. */
const FIRST_PAYMENT_MS = DAY_MS;

export type Step =
  | { readonly kind: "wait"; readonly nextAt: EpochMs }
  | { readonly kind: "end"; readonly reason: EndReason; readonly at: EpochMs }
  | { readonly kind: "charge"; readonly charge: Charge };

/** What is to be done with a subscription that has no payment on its way. A plan that is no longer sold ends with its period. */
export function stepOf(
  subscription: Subscription,
  plan: Plan | undefined,
  now: EpochMs,
  calendar: Calendar,
): Step | undefined {
  const { state, periodUntilAt, isCancelled, token, attempts, nextAt } = subscription;
  const waitsUntilAt = subscription.createdAt + FIRST_PAYMENT_MS;
  if (state === "pending" && now >= waitsUntilAt) return { kind: "end", reason: "declined", at: waitsUntilAt };
  if (state === "ended" || state === "pending" || periodUntilAt === undefined) return undefined;
  if (now < periodUntilAt) return { kind: "wait", nextAt: periodUntilAt };
  if (isCancelled || token === undefined || plan === undefined) {
    return { kind: "end", reason: "cancelled", at: periodUntilAt };
  }
  const graceUntilAt = periodUntilAt + plan.graceMs;
  if (now >= graceUntilAt && (plan.graceMs > 0 || attempts > 0)) {
    return { kind: "end", reason: "payment-failed", at: graceUntilAt };
  }
  if (attempts > 0 && nextAt !== undefined && now < nextAt) return { kind: "wait", nextAt };
  return { kind: "charge", charge: regular(subscription, plan, periodUntilAt, calendar) };
}

export function ended(
  subscription: Subscription,
  reason: EndReason,
  at: EpochMs,
  plan: Plan | undefined,
): Subscription {
  const { nextAt: _, ...rest } = subscription;
  return withBenefit({ ...rest, state: "ended", endedAt: at, endReason: reason }, plan);
}

export type StateFailure = {
  readonly code: "subscription-state";
  readonly state: SubscriptionState;
  readonly action: string;
};

/** Ends with the period that is paid for; in the days of grace, at once. */
export function cancel(
  subscription: Subscription,
  plan: Plan | undefined,
  now: EpochMs,
): Result<Subscription, StateFailure> {
  const { state, periodUntilAt } = subscription;
  if (state === "pending" || state === "ended" || periodUntilAt === undefined) return refuse(subscription, "cancel");
  if (now >= periodUntilAt) return ok(ended(subscription, "cancelled", now, plan));
  return ok(withBenefit({ ...subscription, isCancelled: true, nextAt: periodUntilAt }, plan));
}

export function resume(subscription: Subscription, plan: Plan, now: EpochMs): Result<Subscription, StateFailure> {
  const { state, periodUntilAt, token } = subscription;
  const isOpen = state === "active" && periodUntilAt !== undefined && now < periodUntilAt && token !== undefined;
  if (!isOpen) return refuse(subscription, "resume");
  return ok(withBenefit({ ...subscription, isCancelled: false }, plan));
}

/** Another card. In the days of grace it is tried at once. */
export function withToken(
  subscription: Subscription,
  token: string,
  plan: Plan | undefined,
  now: EpochMs,
): Result<Subscription, StateFailure> {
  const { state } = subscription;
  if (state === "pending" || state === "ended") return refuse(subscription, "payment-method");
  return ok(withBenefit({ ...subscription, token, ...(state === "grace" ? { nextAt: now } : {}) }, plan));
}

export type Refund = { readonly subscription: Subscription; readonly amountKopecks: Kopecks };

/**
 * Ends it now and gives money back: of the last payment the whole days that are left (today is used), all, or nothing.
 * Kopecks are rounded down.
 */
export function refund(
  subscription: Subscription,
  last: Pick<Payment, "amountKopecks" | "periodFromAt" | "periodUntilAt"> | undefined,
  plan: Plan,
  policy: Plan["refund"],
  now: EpochMs,
  calendar: Calendar,
): Result<Refund, StateFailure> {
  const { state, periodFromAt } = subscription;
  if (state === "pending" || state === "ended" || periodFromAt === undefined) return refuse(subscription, "refund");
  const takeBack = policy.points === "take-back" ? { takeBackFromAt: periodFromAt } : {};
  const over = { ...ended(subscription, "refunded", now, plan), ...takeBack };
  return ok({ subscription: over, amountKopecks: last === undefined ? 0 : shareOf(last, policy.share, now, calendar) });
}

function shareOf(
  { amountKopecks, periodFromAt, periodUntilAt }: Pick<Payment, "amountKopecks" | "periodFromAt" | "periodUntilAt">,
  share: Plan["refund"]["share"],
  now: EpochMs,
  calendar: Calendar,
): Kopecks {
  if (share !== "pro-rata") return share === "full" ? amountKopecks : 0;
  const days = calendar.dayOf(periodUntilAt) - calendar.dayOf(periodFromAt);
  const left = calendar.dayOf(periodUntilAt) - Math.max(calendar.dayOf(now) + 1, calendar.dayOf(periodFromAt));
  return days <= 0 || left <= 0 ? 0 : Math.floor((amountKopecks * Math.min(left, days)) / days);
}

/**
 * Until when benefits hold as things are: what renews holds through the days of grace, so that nothing is lost while a
 * payment is on its way and no sweep has to end it; what was cancelled ends with its period.
 */
function withBenefit(subscription: Subscription, plan: Plan | undefined): Subscription {
  const { startedAt, periodUntilAt, endedAt, isCancelled, token } = subscription;
  if (startedAt === undefined || periodUntilAt === undefined) return subscription;
  // Whoever ends it late does not make it longer.
  const held = Math.min(endedAt ?? 0, subscription.benefitUntilAt ?? periodUntilAt);
  if (endedAt !== undefined) return { ...subscription, benefitUntilAt: Math.max(startedAt, held) };
  const isRenewed = !isCancelled && token !== undefined && plan !== undefined;
  return { ...subscription, benefitUntilAt: periodUntilAt + (isRenewed ? plan.graceMs : 0) };
}

function refuse(subscription: Subscription, action: string): Result<never, StateFailure> {
  return err({ code: "subscription-state", state: subscription.state, action });
}
