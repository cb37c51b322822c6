import type { PoolClient } from "pg";
import type { CompiledProgramme, Programmes } from "#domains/program/index.ts";
import {
  cancel,
  listPayments,
  type Plan,
  planOf,
  readSubscription,
  refund,
  resume,
  type StateFailure,
  type StoredSubscription,
  type Subscription,
  type SubscriptionRef,
  updateSubscription,
  withToken,
} from "#domains/subscription/index.ts";
import { subscriptionIds } from "#kernel/ids.ts";
import { invariant } from "#kernel/invariant.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import { type CardFailure, checkCard } from "./check-card.ts";
import { asStored, collect, insertNext } from "./collect.ts";
import type { SubscriptionDeps } from "./deps.ts";
import { advance } from "./run-subscriptions.ts";
import { settleBenefit } from "./settle-benefit.ts";

export type ChangeRequest =
  | { readonly action: "cancel" | "resume" }
  | { readonly action: "payment-method"; readonly token: string }
  | {
      readonly action: "refund";
      /** In place of the plan's policy. */
      readonly share?: Plan["refund"]["share"];
      readonly points?: Plan["refund"]["points"];
    };

export type ChangeFailure = CardFailure | StateFailure | { readonly code: "unknown-subscription" };

/** Changes a subscription under its row's lock, then sees to the money and the trait at once. */
export async function changeSubscription(
  deps: SubscriptionDeps,
  ref: SubscriptionRef,
  request: ChangeRequest,
): Promise<Result<StoredSubscription, ChangeFailure>> {
  if (request.action === "payment-method") {
    const key = `card.${subscriptionIds.format({ member: ref.member, seq: ref.number })}.${deps.clock.now()}`;
    const card = await checkCard(deps, key, request.token);
    if (!card.ok) return card;
  }
  const changed = await transaction(deps.pool, async (client): Promise<Result<undefined, ChangeFailure>> => {
    const stored = await readSubscription(client, ref, "lock");
    if (stored === undefined) return err({ code: "unknown-subscription" });
    if (request.action === "refund") return refundLocked(client, deps, stored, request);
    const next = changedBy(deps, stored, request);
    if (!next.ok) return next;
    await updateSubscription(client, asStored(stored, next.value));
    return ok(undefined);
  });
  if (!changed.ok) return changed;
  // Another card in the days of grace is tried at once.
  if (request.action === "payment-method") await advance(deps, ref);
  await collect(deps, ref);
  await settleBenefit(deps, ref);
  return ok((await readSubscription(deps.pool, ref)) as StoredSubscription);
}

function changedBy(
  { programmes, clock }: SubscriptionDeps,
  stored: StoredSubscription,
  request: Exclude<ChangeRequest, { action: "refund" }>,
): Result<Subscription, StateFailure> {
  const now = clock.now();
  const plan = planOf(programmes.current(), stored.plan);
  if (request.action === "cancel") return cancel(stored, plan, now);
  if (request.action === "payment-method") return withToken(stored, request.token, plan, now);
  if (plan === undefined) return err({ code: "subscription-state", state: stored.state, action: "resume" });
  return resume(stored, plan, now);
}

async function refundLocked(
  client: PoolClient,
  { programmes, clock }: SubscriptionDeps,
  stored: StoredSubscription,
  { share, points }: Extract<ChangeRequest, { action: "refund" }>,
): Promise<Result<undefined, ChangeFailure>> {
  const now = clock.now();
  const payments = await listPayments(client, stored);
  const last = payments.find(({ kind, state, periodUntilAt }) => {
    return kind === "charge" && state === "succeeded" && periodUntilAt === stored.periodUntilAt;
  });
  const plan = planFor(programmes, stored, last?.programmeVersion);
  const policy = { share: share ?? plan.refund.share, points: points ?? plan.refund.points };
  const refunded = refund(stored, last, plan, policy, now, programmes.current().calendar);
  if (!refunded.ok) return refunded;
  const over = asStored(stored, refunded.value.subscription);
  await updateSubscription(client, over);
  const { amountKopecks } = refunded.value;
  if (last !== undefined && amountKopecks > 0) {
    await insertNext(client, over, { ...last, kind: "refund", cites: last.payment, amountKopecks, createdAt: now });
  }
  return ok(undefined);
}

/** The plan as the programme has it now; where it is no longer sold, as it was when it was last paid for. */
function planFor(programmes: Programmes, { plan }: Subscription, version: number | undefined): Plan {
  const candidates: CompiledProgramme[] = [programmes.current()];
  if (version !== undefined) candidates.push(programmes.version(version));
  const found = candidates.map((programme) => planOf(programme, plan)).find((each) => each !== undefined);
  invariant(found, "a plan that was sold is known");
  return found;
}
