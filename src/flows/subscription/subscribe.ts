import { createHash } from "node:crypto";
import { loadSurvivors, type Wallet } from "#domains/ledger/index.ts";
import type { RedeemFailure } from "#domains/offers/index.ts";
import {
  findPromo,
  insertSubscription,
  listPayments,
  listSubscriptions,
  open,
  type Plan,
  type Promo,
  planOf,
  readSubscription,
  type StoredSubscription,
  type SubscriptionRef,
  usePromo,
} from "#domains/subscription/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import { checkCard } from "./check-card.ts";
import { type ClaimedCode, claimCode } from "./claim-code.ts";
import { asStored, collect, insertNext } from "./collect.ts";
import type { SubscriptionDeps } from "./deps.ts";
import { settleBenefit } from "./settle-benefit.ts";

export type SubscribeRequest = {
  readonly member: MemberId;
  readonly plan: string;
  /** Names a card at the payment provider; without one only a free trial can begin, and it ends with itself. */
  readonly token?: string;
  readonly trial: boolean;
  readonly promoCode?: string;
  readonly idempotencyKey: string;
  /** The key of the caller: guessing of codes is counted by it. */
  readonly keyId?: string;
};

export type SubscribeFailure =
  | Exclude<RedeemFailure, { readonly code: "unknown-promo-code" }>
  | { readonly code: "unknown-member" | "unknown-promo" | "promo-used" | "promo-exhausted" | "no-trial" | "trial-used" }
  | { readonly code: "payment-needed" | "already-subscribed" | "idempotency-conflict" }
  | { readonly code: "unknown-plan"; readonly pointer: string; readonly value: string }
  | { readonly code: "payment-declined"; readonly decline: string };

export type Subscribed = { readonly replayed: boolean; readonly subscription: StoredSubscription };

const UNIQUE_VIOLATION = "23505";
const TRIES = 4;

/**
 * Buys a subscription: notes what is asked, lets the provider take the money, and gives the member its benefits from that
 * moment on. What is not settled when the answer goes out (`pending`) the worker brings to its end.
 */
export async function subscribe(
  deps: SubscriptionDeps,
  request: SubscribeRequest,
): Promise<Result<Subscribed, SubscribeFailure>> {
  const plan = planOf(deps.programmes.current(), request.plan);
  if (plan === undefined) return err({ code: "unknown-plan", pointer: "/plan", value: request.plan });
  const survivor = (await loadSurvivors(deps.pool, [request.member])).get(request.member)?.wallet;
  if (survivor?.status !== "open") return err({ code: "unknown-member" });
  const claim = await claimOf(deps, request, plan, survivor);
  if (claim?.ok === false) return claim;
  const code = claim?.value;
  const own = { ...request, member: survivor.member, ...(code === undefined ? {} : { promo: code.promo }) };
  const card = await checkFreeStart(deps, own, plan);
  const begun = card.ok ? await begin(deps, own, plan) : card;
  if (!begun.ok) {
    if (code?.isNew) await code.giveUp();
    return begun;
  }
  const { ref, replayed } = begun.value;
  await collect(deps, ref);
  await settleBenefit(deps, ref);
  const subscription = (await readSubscription(deps.pool, ref)) as StoredSubscription;
  const isDeclined = subscription.endReason === "declined";
  await (isDeclined ? code?.giveUp() : code?.keep());
  if (isDeclined) {
    const [last] = await listPayments(deps.pool, ref, { limit: 1 });
    return err({ code: "payment-declined", decline: last?.decline ?? "declined" });
  }
  return ok({ replayed, subscription });
}

/** A code that the plan does not name may be one of a promotion. */
async function claimOf(
  { pool, codes, clock, programmes }: SubscriptionDeps,
  { promoCode, keyId = "" }: SubscribeRequest,
  plan: Plan,
  wallet: Pick<Wallet, "member" | "traits">,
): Promise<Result<ClaimedCode, SubscribeFailure> | undefined> {
  const programme = programmes.current();
  const now = clock.now();
  if (promoCode === undefined || codes === undefined) return undefined;
  if (findPromo(plan, promoCode, programme.calendar.dayOf(now)) !== undefined) return undefined;
  const claimed = await claimCode({ pool, codes }, { code: promoCode, plan: plan.id, wallet, keyId }, programme, now);
  if (claimed.ok) return claimed;
  const { failure } = claimed;
  return err(failure.code === "unknown-promo-code" ? { code: "unknown-promo" } : failure);
}

type Asked = SubscribeRequest & { readonly promo?: Promo };
type Begun = { readonly ref: SubscriptionRef; readonly replayed: boolean };

/** The card of a first period that costs nothing; one that costs something is charged and shows then. */
async function checkFreeStart(
  deps: SubscriptionDeps,
  request: Asked,
  plan: Plan,
): Promise<Result<undefined, SubscribeFailure>> {
  const { member, idempotencyKey, token, promoCode, trial } = request;
  const { programmes, clock } = deps;
  const today = programmes.current().calendar.dayOf(clock.now());
  const promo = (promoCode === undefined ? undefined : findPromo(plan, promoCode, today)) ?? request.promo;
  if (token === undefined || !isFreeAtFirst(plan, trial, promo)) return ok(undefined);
  const key = createHash("sha256")
    .update(JSON.stringify([member, idempotencyKey, token]))
    .digest("hex");
  return checkCard(deps, `card.${key.slice(0, 32)}`, token);
}

function isFreeAtFirst(plan: Plan, trial: boolean, promo: Promo | undefined): boolean {
  return (trial ? plan.trial?.priceKopecks : (promo?.priceKopecks ?? plan.priceKopecks)) === 0;
}

/** Two that come together meet at the unique keys: the second looks again, and finds a replay or a refusal. */
async function begin(deps: SubscriptionDeps, request: Asked, plan: Plan): Promise<Result<Begun, SubscribeFailure>> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await beginOnce(deps, request, plan);
    } catch (error) {
      if ((error as { code?: string }).code !== UNIQUE_VIOLATION || attempt === TRIES) throw error;
    }
  }
}

function beginOnce(
  { pool, clock, programmes }: SubscriptionDeps,
  request: Asked,
  plan: Plan,
): Promise<Result<Begun, SubscribeFailure>> {
  const { member, idempotencyKey, token, trial } = request;
  const bodyHash = hashOf(request);
  return transaction(pool, async (client) => {
    const known = await listSubscriptions(client, member);
    const same = known.find((each) => each.member === member && each.idempotencyKey === idempotencyKey);
    if (same !== undefined) {
      if (same.bodyHash !== bodyHash) return err({ code: "idempotency-conflict" });
      return ok({ ref: { member, number: same.number }, replayed: true });
    }
    const { calendar } = programmes.current();
    const now = clock.now();
    const named = request.promoCode === undefined ? undefined : findPromo(plan, request.promoCode, calendar.dayOf(now));
    const promo = named ?? request.promo;
    const refusal = refusalOf(request, plan, promo, known);
    if (refusal !== undefined) return err(refusal);
    if (named !== undefined && !(await usePromo(client, plan.id, named.id, named.limit))) {
      return err({ code: "promo-exhausted" });
    }
    const own = known.filter((each) => each.member === member);
    const number = Math.max(0, ...own.map((each) => each.number)) + 1;
    const made = open({ member, number, plan, withTrial: trial, promo, token }, now, calendar);
    const { subscription, charge } = made;
    const stored = asStored({ ...subscription, turn: 0, isDue: false, idempotencyKey, bodyHash }, subscription);
    await insertSubscription(client, stored);
    if (charge !== undefined && token !== undefined) {
      const { seller } = plan;
      await insertNext(client, stored, {
        ...{ ...charge, member, number, kind: "charge", plan: plan.id, seller, token },
        programmeVersion: plan.programmeVersion,
        createdAt: now,
      });
    }
    return ok({ ref: { member, number }, replayed: false });
  });
}

function refusalOf(
  { plan: id, promoCode, token, trial }: SubscribeRequest,
  plan: Plan,
  promo: Promo | undefined,
  known: readonly StoredSubscription[],
): SubscribeFailure | undefined {
  if (known.some((each) => each.plan === id && each.state !== "ended")) return { code: "already-subscribed" };
  const had = known.filter((each) => each.plan === id && each.endReason !== "declined");
  if (trial && plan.trial === undefined) return { code: "no-trial" };
  if (trial && had.length > 0) return { code: "trial-used" };
  if (promoCode !== undefined && promo === undefined) return { code: "unknown-promo" };
  if (promo !== undefined && had.some((each) => each.promo === promo.id)) return { code: "promo-used" };
  return token === undefined && !isFreeAtFirst(plan, trial, promo) ? { code: "payment-needed" } : undefined;
}

function hashOf({ plan, token, trial, promoCode }: SubscribeRequest): string {
  return createHash("sha256")
    .update(JSON.stringify([plan, token ?? null, trial, promoCode ?? null]))
    .digest("hex");
}
