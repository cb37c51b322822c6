import type { FastifyReply, FastifyRequest } from "fastify";
import { type Principal, principalOf } from "#domains/access/http/index.ts";
import type { MaySeeMember } from "#domains/ledger/http/index.ts";
import { survivorsOf } from "#domains/ledger/index.ts";
import { listSubscriptions, plansOf, readSubscription, type StoredSubscription } from "#domains/subscription/index.ts";
import { memberIds, subscriptionIds } from "#kernel/ids.ts";
import type { App } from "#platform/http/app.ts";
import type { Failure } from "#platform/http/problem.ts";
import type { ProblemRegistry } from "#platform/http/problem-registry.ts";
import { sendFailure } from "#platform/http/send.ts";
import { type ChangeRequest, changeSubscription } from "../change-subscription.ts";
import type { SubscriptionDeps } from "../deps.ts";
import { subscribe } from "../subscribe.ts";
import { subscriptionOperations } from "./operations.ts";
import { looksLikeCardNumber } from "./schemas.ts";
import { planJson, subscriptionJson } from "./views.ts";

export type SubscriptionHttpDeps = SubscriptionDeps & {
  readonly problems: ProblemRegistry;
  readonly maySeeMember: MaySeeMember;
};

type Send = (request: FastifyRequest, reply: FastifyReply, failure: { readonly code: string }) => void;
const CARD = { code: "card-number", pointer: "/paymentToken" };

export function subscriptionRoutes(deps: SubscriptionHttpDeps): (app: App) => void {
  return (app) => {
    planRoutes(deps, app);
    memberRoutes(deps, app);
    changeRoutes(deps, app);
  };
}

export function sender({ problems }: Pick<SubscriptionHttpDeps, "problems">): Send {
  return (request, reply, failure) => void sendFailure(problems, request, reply, failure as Failure);
}

function planRoutes(deps: SubscriptionHttpDeps, app: App): void {
  const refuse = sender(deps);
  const schema = subscriptionOperations.listSubscriptionPlans;
  app.get("/v1/subscription-plans", { schema }, async (request, reply) => {
    if (!deps.programmes.latest) return refuse(request, reply, { code: "no-programme" });
    const programme = deps.programmes.current();
    reply.send({ items: plansOf(programme).map((plan) => planJson(plan, programme)) });
  });
}

function memberRoutes(deps: SubscriptionHttpDeps, app: App): void {
  const refuse = sender(deps);
  const { programmes, pool } = deps;
  const path = "/v1/members/:memberId/subscriptions";
  app.post(path, { schema: subscriptionOperations.createSubscription }, async (request, reply) => {
    if (!programmes.latest) return refuse(request, reply, { code: "no-programme" });
    const member = memberIds.parse(request.params.memberId);
    const may = member !== undefined && (await deps.maySeeMember(principalOf(request), member));
    if (!may) return refuse(request, reply, { code: "unknown-member" });
    const { plan, paymentToken, trial = false, promoCode } = request.body;
    if (paymentToken !== undefined && looksLikeCardNumber(paymentToken)) return refuse(request, reply, CARD);
    const bought = await subscribe(deps, {
      member,
      plan,
      trial,
      ...(paymentToken === undefined ? {} : { token: paymentToken }),
      ...(promoCode === undefined ? {} : { promoCode }),
      idempotencyKey: request.headers["idempotency-key"],
      keyId: principalOf(request).keyId,
    });
    if (!bought.ok) return refuse(request, reply, bought.failure);
    if (bought.value.replayed) reply.header("idempotency-replayed", "true");
    reply.code(201).send(subscriptionJson(bought.value.subscription, programmes.current()));
  });
  app.get(path, { schema: subscriptionOperations.listSubscriptions }, async (request, reply) => {
    if (!programmes.latest) return refuse(request, reply, { code: "no-programme" });
    const named = memberIds.parse(request.params.memberId);
    const may = named !== undefined && (await deps.maySeeMember(principalOf(request), named));
    if (!may) return refuse(request, reply, { code: "unknown-member" });
    const member = (await survivorsOf(pool, [named])).get(named) ?? named;
    const items = (await listSubscriptions(pool, member)).map((each) => subscriptionJson(each, programmes.current()));
    reply.send({ items });
  });
}

function changeRoutes(deps: SubscriptionHttpDeps, app: App): void {
  const refuse = sender(deps);
  const path = "/v1/subscriptions/:subscriptionId";
  const change = async (
    request: FastifyRequest<{ Params: { subscriptionId: string } }>,
    reply: FastifyReply,
    wanted: ChangeRequest,
  ): Promise<void> => {
    if (!deps.programmes.latest) return refuse(request, reply, { code: "no-programme" });
    const found = await visible(deps, principalOf(request), request.params.subscriptionId);
    if (found === undefined) return refuse(request, reply, { code: "unknown-subscription" });
    const changed = await changeSubscription(deps, found, wanted);
    if (!changed.ok) return refuse(request, reply, changed.failure);
    reply.send(subscriptionJson(changed.value, deps.programmes.current()));
  };
  app.get(path, { schema: subscriptionOperations.getSubscription }, async (request, reply) => {
    if (!deps.programmes.latest) return refuse(request, reply, { code: "no-programme" });
    const found = await visible(deps, principalOf(request), request.params.subscriptionId);
    if (found === undefined) return refuse(request, reply, { code: "unknown-subscription" });
    reply.send(subscriptionJson(found, deps.programmes.current()));
  });
  app.post(`${path}/cancel`, { schema: subscriptionOperations.cancelSubscription }, (request, reply) =>
    change(request, reply, { action: "cancel" }),
  );
  app.post(`${path}/resume`, { schema: subscriptionOperations.resumeSubscription }, (request, reply) =>
    change(request, reply, { action: "resume" }),
  );
  app.put(`${path}/payment-method`, { schema: subscriptionOperations.setPaymentMethod }, async (request, reply) => {
    const token = request.body.paymentToken;
    if (looksLikeCardNumber(token)) return refuse(request, reply, CARD);
    await change(request, reply, { action: "payment-method", token });
  });
  app.post(`${path}/refund`, { schema: subscriptionOperations.refundSubscription }, (request, reply) =>
    change(request, reply, { action: "refund", ...request.body }),
  );
}

/** A subscription of a member that the caller may know of. */
export async function visible(
  { pool, maySeeMember }: SubscriptionHttpDeps,
  principal: Principal,
  id: string,
): Promise<StoredSubscription | undefined> {
  const ref = subscriptionIds.parse(id);
  const may = ref !== undefined && (await maySeeMember(principal, ref.member));
  return may ? readSubscription(pool, { member: ref.member, number: ref.seq }) : undefined;
}
