import { setTimeout as sleep } from "node:timers/promises";
import {
  ended,
  listDueBenefits,
  listNext,
  listPayments,
  paid,
  planOf,
  readSubscription,
  type SubscriptionRef,
  stepOf,
  updateSubscription,
} from "#domains/subscription/index.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import { askLater, asStored, collect, insertNext } from "./collect.ts";
import type { SubscriptionDeps } from "./deps.ts";
import { settleBenefit } from "./settle-benefit.ts";

const AT_ONCE = 200;
const IDLE_MS = 1_000;

/**
 * Renewals, repeated payments, ends, and benefits that are due: one round. Gives the number looked at. One that fails is
 * looked at again later and stops none of the others; then the first failure is thrown.
 */
export async function renewSubscriptions(deps: SubscriptionDeps): Promise<number> {
  if (!deps.programmes.latest) return 0;
  let seen = 0;
  const failures: unknown[] = [];
  const each = async (ref: SubscriptionRef, work: () => Promise<unknown>): Promise<void> => {
    seen++;
    try {
      await work();
    } catch (error) {
      failures.push(error);
      await transaction(deps.pool, (client) => askLater(client, ref, deps.clock.now()));
    }
  };
  await inParallel(await listNext(deps.pool, deps.clock.now(), AT_ONCE), (ref) =>
    each(ref, async () => {
      await advance(deps, ref);
      await collect(deps, ref);
      await settleBenefit(deps, ref);
    }),
  );
  for (const ref of await listDueBenefits(deps.pool, AT_ONCE)) await each(ref, () => settleBenefit(deps, ref));
  if (failures.length > 0) throw failures[0];
  return seen;
}

/** So many wait for the provider at once: with answers of 300 ms some 25 payments a second, where one by one it were 3. */
const ASKED_AT_ONCE = 8;

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  const one = async (): Promise<void> => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: ASKED_AT_ONCE }, one));
}

/** Takes the next step of a subscription that no payment is on its way for. */
export function advance({ pool, clock, programmes }: SubscriptionDeps, ref: SubscriptionRef): Promise<void> {
  return transaction(pool, async (client) => {
    const subscription = await readSubscription(client, ref, "lock");
    if (subscription === undefined) return;
    const open = (await listPayments(client, ref)).some(({ state }) => state === "created" || state === "pending");
    const programme = programmes.current();
    const plan = planOf(programme, subscription.plan);
    const now = clock.now();
    const step = stepOf(subscription, plan, now, programme.calendar);
    // What is on its way is asked for again, unless grace is over: then it ends, and money that comes later goes back.
    if (open && step?.kind !== "end") return;
    if (step === undefined) {
      if (subscription.state !== "ended" || open) return;
      const { nextAt: _, ...rest } = subscription;
      return updateSubscription(client, rest);
    }
    if (step.kind === "wait") return updateSubscription(client, { ...subscription, nextAt: step.nextAt });
    if (step.kind === "end") {
      const over = asStored(subscription, ended(subscription, step.reason, step.at, plan));
      return updateSubscription(client, open ? { ...over, nextAt: now + 60_000 } : over);
    }
    const { member, number, seller, token } = subscription;
    if (plan === undefined || token === undefined) return;
    if (step.charge.amountKopecks === 0) {
      const free = paid(subscription, step.charge, plan, now, programme.calendar);
      return updateSubscription(client, asStored(subscription, free));
    }
    await insertNext(client, subscription, {
      ...{ ...step.charge, member, number, kind: "charge", plan: plan.id, seller, token },
      programmeVersion: plan.programmeVersion,
      createdAt: now,
    });
  });
}

export type SubscriptionRunDeps = SubscriptionDeps & { readonly refresh: () => Promise<unknown> };

/** Looks for what is due until the signal is aborted. */
export async function runSubscriptions(deps: SubscriptionRunDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await deps.refresh();
    const seen = await renewSubscriptions(deps);
    if (seen < AT_ONCE) await sleep(IDLE_MS, undefined, { signal }).catch(() => {});
  }
}
