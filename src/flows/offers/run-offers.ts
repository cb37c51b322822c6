import { setTimeout as sleep } from "node:timers/promises";
import { dueRedemptions, expireVouchers, forgetAttempts, promoStore, type Redemption } from "#domains/offers/index.ts";
import { syncParts } from "#flows/publishing/index.ts";
import { DAY_MS, SECOND_MS } from "#kernel/time.ts";
import type { OfferDeps } from "./deps.ts";
import { OFFERS } from "./manage/kinds.ts";
import { makeCodes } from "./promos/make-codes.ts";
import { giveBenefit } from "./promos/redeem-promo.ts";

/** How often it is looked for what nobody waits for. */
const LOOK_EVERY_MS = 2 * SECOND_MS;
/** A claimed code whose benefit has not come by then was left by a process that died. */
const LEFT_AFTER_MS = 10 * SECOND_MS;
const AT_ONCE = 200;

export type OfferRunDeps = OfferDeps & {
  readonly random: (count: number) => Uint8Array;
  readonly refresh: () => Promise<unknown>;
};

/** What offers need done behind the doors, until the signal is aborted. */
export async function runOffers(deps: OfferRunDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await deps.refresh();
    if (deps.programmes.latest) await tendOffers(deps, signal);
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
  }
}

/** One round: codes are made, benefits that were left are given, vouchers expire, the programme has what is live. */
export async function tendOffers(deps: OfferRunDeps, signal?: AbortSignal): Promise<void> {
  const { pool, clock } = deps;
  await syncParts(deps, OFFERS, "worker");
  for (const promo of await promoStore.list(pool)) if (promo.state === "live") await makeCodes(deps, promo, signal);
  await expireVouchers(pool, clock.now());
  await giveDue(deps, signal);
  await forgetAttempts(pool, clock.now() - DAY_MS);
}

/**
 * Gives what was claimed. All of it is looked at each round: what waits for a switch of one partner must not hold up
 * what others have promised.
 */
async function giveDue(deps: OfferRunDeps, signal: AbortSignal | undefined): Promise<void> {
  const { pool, clock, programmes } = deps;
  const before = clock.now() - LEFT_AFTER_MS;
  const stopped = new Set<string>();
  let after: Redemption | undefined;
  do {
    const page: readonly Redemption[] = await dueRedemptions(pool, before, AT_ONCE, after);
    for (const use of page) {
      // A subscription's price waits for the subscription; what is refused is undone there, or tried again.
      if (use.benefit.kind === "subscription" || stopped.has(use.promo)) continue;
      const given = await giveBenefit(deps, programmes.current(), use);
      if (!given.ok && given.failure.code === "earning-stopped") stopped.add(use.promo);
    }
    after = page.length === AT_ONCE ? page.at(-1) : undefined;
  } while (after && !signal?.aborted);
}
