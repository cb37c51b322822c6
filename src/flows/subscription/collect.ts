import type { PoolClient } from "pg";
import { lockFirstOpenDay } from "#domains/ledger/index.ts";
import {
  declined,
  insertPayment,
  listPayments,
  type Payment,
  type PaymentOrder,
  type PaymentOutcome,
  paid,
  planOf,
  readSubscription,
  releasePromo,
  type StoredSubscription,
  type SubscriptionRef,
  updatePayment,
  updateSubscription,
} from "#domains/subscription/index.ts";
import { subscriptionIds } from "#kernel/ids.ts";
import { invariant } from "#kernel/invariant.ts";
import { DAY_MS, type EpochMs, MINUTE_MS } from "#kernel/time.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import type { SubscriptionDeps } from "./deps.ts";

/** How soon a payment is asked for again that the provider has not settled, or could not be told. */
const ASK_AGAIN_MS = MINUTE_MS;

/** A refund that was declined so many times waits a minute, two, four ... and at last a day. */
function refundPauseMs(tried: number): number {
  return Math.min(DAY_MS, ASK_AGAIN_MS * 2 ** (tried - 1));
}

/** Our key of a payment at the provider. */
export function paymentKey({ member, number, payment }: Pick<Payment, "member" | "number" | "payment">): string {
  return `${subscriptionIds.format({ member, seq: number })}.${payment}`;
}

/** The subscription and the number of the payment that a key names. */
export function parsePaymentKey(key: string): (SubscriptionRef & { readonly payment: number }) | undefined {
  const [id = "", payment = ""] = key.split(".");
  const ref = subscriptionIds.parse(id);
  if (ref === undefined || !/^[1-9]\d{0,8}$/.test(payment)) return undefined;
  return { member: ref.member, number: ref.seq, payment: Number(payment) };
}

/**
 * Tells the provider of the payments that are not settled, and settles what it answers. The rows are there before: a
 * crash anywhere leads to the same order with the same key again, and the provider pays once.
 */
export async function collect(deps: SubscriptionDeps, ref: SubscriptionRef): Promise<void> {
  const subscription = await readSubscription(deps.pool, ref);
  if (subscription === undefined) return;
  const all = await listPayments(deps.pool, ref);
  for (const payment of all.filter(({ state }) => state === "created" || state === "pending").reverse()) {
    const outcome = await ask(deps, subscription, payment, all).catch((error: unknown) => {
      deps.onUnanswered?.(error);
      return undefined;
    });
    await transaction(deps.pool, async (client) => {
      if (outcome === undefined) await askLater(client, ref, deps.clock.now());
      else await settlePayment(client, deps, payment, outcome);
    });
  }
}

/** What was answered as pending is only asked for; all else is ordered, once more where the answer was lost. */
async function ask(
  { provider }: SubscriptionDeps,
  subscription: StoredSubscription,
  payment: Payment,
  all: readonly Payment[],
): Promise<PaymentOutcome> {
  const order = orderOf(subscription, payment, all);
  const known = payment.state === "pending" ? await provider.status(order) : undefined;
  return known ?? (order.kind === "charge" ? provider.charge(order) : provider.refund(order));
}

/** The same each time it is sent, since a row never changes its amount, token or time. */
function orderOf({ attempts }: StoredSubscription, payment: Payment, all: readonly Payment[]): PaymentOrder {
  const { amountKopecks, token, createdAt, kind, cites } = payment;
  const order = { key: paymentKey(payment), amountKopecks, token, createdAt };
  if (kind === "charge") return { ...order, kind, attempt: attempts };
  const charge = all.find((each) => each.payment === cites);
  invariant(charge?.reference !== undefined, "what is refunded was paid");
  return { ...order, kind, chargeReference: charge.reference };
}

/** The worker looks at it again in a minute; at what has nothing to wait for, never. */
export async function askLater(client: PoolClient, ref: SubscriptionRef, now: EpochMs): Promise<void> {
  const subscription = await readSubscription(client, ref, "lock");
  if (subscription) await updateSubscription(client, { ...subscription, nextAt: now + ASK_AGAIN_MS });
}

/** Notes what became of a payment, once: by the provider's answer, or by its message later. True when it was news. */
export async function settlePayment(
  client: PoolClient,
  deps: SubscriptionDeps,
  { member, number, payment: id }: Pick<Payment, "member" | "number" | "payment">,
  outcome: PaymentOutcome,
): Promise<boolean> {
  const ref = { member, number };
  const subscription = await readSubscription(client, ref, "lock");
  const payments = await listPayments(client, ref);
  const payment = payments.find((each) => each.payment === id);
  if (!subscription || !payment || payment.state === "succeeded" || payment.state === "declined") return false;
  const now = deps.clock.now();
  const { reference } = outcome;
  if (outcome.state === "pending") {
    await updatePayment(client, { ...payment, state: "pending", reference });
    await updateSubscription(client, { ...subscription, nextAt: now + ASK_AGAIN_MS });
    return false;
  }
  if (outcome.state === "declined") {
    await updatePayment(client, { ...payment, state: "declined", reference, decline: outcome.decline, settledAt: now });
    if (payment.kind === "charge") await onDeclined(client, deps, subscription, payment, outcome.mayRetry);
    // The money is owed all the same: it is tried as a new refund, each later than the one before.
    else {
      const tried = payments.filter(({ kind, cites }) => kind === "refund" && cites === payment.cites).length;
      await insertNext(client, subscription, { ...payment, createdAt: now + refundPauseMs(tried) });
    }
    return true;
  }
  const { calendar } = deps.programmes.current();
  const firstOpenDay = await lockFirstOpenDay(client);
  const settled = {
    ...payment,
    state: "succeeded" as const,
    reference,
    settledAt: now,
    accountingDay: Math.max(calendar.dayOf(now), firstOpenDay),
  };
  if (payment.kind === "refund") {
    await updatePayment(client, settled);
    const { nextAt: _, ...rest } = subscription;
    if (subscription.state === "ended") await updateSubscription(client, rest);
    return true;
  }
  await onPaid(client, deps, subscription, settled);
  return true;
}

async function onPaid(
  client: PoolClient,
  { programmes, clock }: SubscriptionDeps,
  subscription: StoredSubscription,
  payment: Payment,
): Promise<void> {
  if (subscription.state === "ended") {
    // The money came when nothing could begin any more: it goes back.
    await updatePayment(client, payment);
    await insertNext(client, subscription, {
      ...payment,
      kind: "refund",
      cites: payment.payment,
      createdAt: clock.now(),
    });
    return;
  }
  const plan = planOf(programmes.version(payment.programmeVersion), subscription.plan);
  invariant(plan, "a payment's programme has its plan");
  const { calendar } = programmes.current();
  const next = paid(subscription, payment, plan, clock.now(), calendar);
  const { periodFromAt, periodUntilAt } = next;
  invariant(periodFromAt !== undefined && periodUntilAt !== undefined, "what is paid for has a period");
  await updatePayment(client, { ...payment, periodFromAt, periodUntilAt });
  await updateSubscription(client, asStored(subscription, next));
}

async function onDeclined(
  client: PoolClient,
  { programmes, clock }: SubscriptionDeps,
  subscription: StoredSubscription,
  payment: Payment,
  mayRetry: boolean,
): Promise<void> {
  if (subscription.state === "ended") return;
  const plan = planOf(programmes.version(payment.programmeVersion), subscription.plan);
  invariant(plan, "a payment's programme has its plan");
  const next = declined(subscription, mayRetry, plan, clock.now());
  await updateSubscription(client, asStored(subscription, next));
  const { promo } = subscription;
  if (next.endReason === "declined" && promo !== undefined) await releasePromo(client, plan.id, promo);
}

/** A new payment of a subscription whose row is locked; the worker sees to it at once. */
export async function insertNext(
  client: PoolClient,
  subscription: StoredSubscription,
  payment: Omit<Payment, "payment" | "state" | "reference" | "decline" | "settledAt" | "accountingDay">,
): Promise<void> {
  const payments = subscription.payments + 1;
  const { kind, cites, promo } = payment;
  await insertPayment(client, {
    member: subscription.member,
    number: subscription.number,
    payment: payments,
    kind,
    plan: payment.plan,
    seller: payment.seller,
    amountKopecks: payment.amountKopecks,
    periodFromAt: payment.periodFromAt,
    periodUntilAt: payment.periodUntilAt,
    isTrial: payment.isTrial,
    ...(promo === undefined ? {} : { promo }),
    token: payment.token,
    state: "created",
    ...(cites === undefined ? {} : { cites }),
    programmeVersion: payment.programmeVersion,
    createdAt: payment.createdAt,
  });
  await updateSubscription(client, { ...subscription, payments, nextAt: payment.createdAt });
}

/** A subscription that became another one, with what is stored beside it; due where the trait has to follow. */
export function asStored(stored: StoredSubscription, next: Parameters<typeof declined>[0]): StoredSubscription {
  const { givenUntilAt, turn, idempotencyKey, bodyHash } = stored;
  const isDue =
    (next.startedAt !== undefined && next.benefitUntilAt !== givenUntilAt) || next.takeBackFromAt !== undefined;
  return {
    ...next,
    ...(givenUntilAt === undefined ? {} : { givenUntilAt }),
    turn,
    idempotencyKey,
    bodyHash,
    isDue,
  };
}
