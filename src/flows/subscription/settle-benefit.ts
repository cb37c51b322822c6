import type { TakeBackItem, Trait } from "#domains/ledger/index.ts";
import type { CompiledProgramme } from "#domains/program/index.ts";
import {
  readSubscription,
  type StoredSubscription,
  type SubscriptionRef,
  updateSubscription,
} from "#domains/subscription/index.ts";
import { subscriptionIds } from "#kernel/ids.ts";
import { splitByLargestRemainder } from "#kernel/money.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import { asStored } from "./collect.ts";
import type { SubscriptionDeps } from "./deps.ts";
import { readPurchases, type StoredPurchase } from "./store/read-purchases.ts";

/**
 * Makes the member's trait what the subscription says, by one operation whose key is (subscription, turn): pricing reads
 * it by the receipt's own time. A refund that takes points back does so in the same operation. False if nothing was due.
 */
export async function settleBenefit(deps: SubscriptionDeps, ref: SubscriptionRef): Promise<boolean> {
  const subscription = await readSubscription(deps.pool, ref);
  const { startedAt, benefitUntilAt } = subscription ?? {};
  if (!subscription?.isDue || startedAt === undefined || benefitUntilAt === undefined) return false;
  const { member, number, plan, turn, takeBackFromAt } = subscription;
  const trait: Trait = { kind: "subscription", key: plan, fromAt: startedAt, untilAt: benefitUntilAt };
  const takeBack = takeBackFromAt === undefined ? [] : await toTakeBack(deps, subscription, takeBackFromAt);
  const outcome = await deps.checkout.reward({
    idempotencyKey: ["subscription", member, number, turn + 1],
    member,
    partner: subscription.seller,
    traits: [trait],
    ...(takeBack.length === 0 ? {} : { takeBack }),
    cause: { subscription: subscriptionIds.format({ member, seq: number }), turn: turn + 1, state: subscription.state },
  });
  // A member erased meanwhile has no benefits to give; the rest is tried again.
  if (!outcome.ok && outcome.failure.code !== "unknown-member") {
    throw new Error(`a subscription's benefit was refused: ${outcome.failure.code}`);
  }
  const operation = outcome.ok ? outcome.value.body : undefined;
  // What the operation says counts: one from before a crash may have given what held then.
  const given = operation?.facts?.traits?.find(([kind, key, at]) => {
    return kind === "subscription" && key === plan && at === startedAt;
  });
  const isTaken = outcome.ok && (!outcome.value.replayed || operation?.kind === "take-back");
  await transaction(deps.pool, async (client) => {
    const now = await readSubscription(client, ref, "lock");
    if (now === undefined || now.turn !== turn) return;
    const { takeBackFromAt: left, ...rest } = now;
    const isLeft = left !== undefined && !(isTaken && left === takeBackFromAt);
    const stored: StoredSubscription = {
      ...rest,
      ...(isLeft ? { takeBackFromAt: left } : {}),
      givenUntilAt: given?.[3] ?? benefitUntilAt,
      turn: turn + 1,
    };
    await updateSubscription(client, outcome.ok ? asStored(stored, stored) : { ...stored, isDue: false });
  });
  return true;
}

/** What the plan's rules gave on receipts of the refunded time, of what did not come back, by operation and funder. */
async function toTakeBack(
  { pool, programmes }: SubscriptionDeps,
  { member, plan, endedAt }: StoredSubscription,
  fromAt: number,
): Promise<TakeBackItem[]> {
  const purchases = await readPurchases(pool, member, fromAt, endedAt ?? fromAt);
  return purchases.flatMap((purchase) => itemsOf(purchase, programmes.version(purchase.programmeVersion), plan));
}

function itemsOf({ seq, body, returned }: StoredPurchase, programme: CompiledProgramme, plan: string): TakeBackItem[] {
  const bought = body.receipt.lines.reduce((sum, { amount }) => sum + amount, 0);
  const left = bought - returned.reduce((sum, amount) => sum + amount, 0);
  return body.rules.flatMap(({ rule, of, pointsCents }) => {
    if (!asksFor(programme, rule, plan) || pointsCents === 0 || bought === 0) return [];
    const cents = Math.floor((pointsCents * left) / bought);
    // A multiplier without funders is paid by those of the rule it multiplied.
    const shares = programme.rules.get(rule)?.shares ?? programme.rules.get(of ?? "")?.shares;
    const terms = [...(shares ?? [])].map(
      ([funder, weight]) => [funder === "seller" ? body.receipt.partner : funder, weight] as const,
    );
    terms.sort(([a], [b]) => (a < b ? -1 : 1));
    if (terms.length === 0) return [];
    const amounts = splitByLargestRemainder(
      cents,
      terms.map(([, weight]) => weight),
    );
    return terms.flatMap(([funder], i) => (amounts[i] === 0 ? [] : [{ seq, funder, cents: amounts[i] as number }]));
  });
}

/** Whether a rule holds for the plan's subscribers only. */
export function asksFor(programme: CompiledProgramme, rule: string, plan: string): boolean {
  const asked = programme.document.rules[rule]?.when?.subscription;
  return asked === plan || (Array.isArray(asked) && asked.includes(plan));
}
