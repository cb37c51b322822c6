import { setTimeout as sleep } from "node:timers/promises";
import { MINUTE_MS } from "#kernel/time.ts";
import { matchCards, type SettleCardsDeps, settleCards } from "./settle-cards.ts";

/** How long to wait when there was nothing. */
const IDLE_MS = 500;
/** How often payments of strangers are looked at. */
const MATCH_EVERY_MS = MINUTE_MS;

export type CardFeedRunDeps = SettleCardsDeps & { readonly refresh: () => Promise<unknown> };

/** Posts card payments until the signal is aborted. */
export async function runCardFeed(deps: CardFeedRunDeps, signal: AbortSignal): Promise<void> {
  let matchedAt = 0;
  while (!signal.aborted) {
    await deps.refresh();
    if (deps.clock.now() - matchedAt >= MATCH_EVERY_MS) {
      await matchCards(deps);
      matchedAt = deps.clock.now();
    }
    if ((await settleCards(deps)) === 0) await sleep(IDLE_MS, undefined, { signal }).catch(() => {});
  }
}
