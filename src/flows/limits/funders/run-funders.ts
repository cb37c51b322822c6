import { setTimeout as sleep } from "node:timers/promises";
import { type FollowDeps, followFunders } from "./follow-funders.ts";
import { type ReserveDeps, settleReserves } from "./settle-reserves.ts";

/** How long to wait when there was nothing new: what came free, and what a top-up brings, is there a second later. */
const IDLE_MS = 1_000;

export type FundersRunDeps = FollowDeps & ReserveDeps & { readonly refresh: () => Promise<unknown> };

/** Follows what is given in funders' names and settles what waits for them, until the signal is aborted. */
export async function runFunders(deps: FundersRunDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await deps.refresh();
    while (!signal.aborted && (await followFunders(deps))) {}
    await settleReserves(deps);
    await sleep(IDLE_MS, undefined, { signal }).catch(() => {});
  }
}
