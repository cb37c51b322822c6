import { setTimeout as sleep } from "node:timers/promises";
import type { ReferralRunDeps } from "./deps.ts";
import { followReferrals } from "./follow-referrals.ts";
import { settleReferrals } from "./settle-referrals.ts";

/** How long to wait when there was nothing. */
const IDLE_MS = 1_000;

/** Follows the stream and settles invitations until the signal is aborted. */
export async function runReferral(
  deps: ReferralRunDeps & { readonly refresh: () => Promise<unknown> },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await deps.refresh();
    const moved = await followReferrals(deps);
    const settled = await settleReferrals(deps);
    if (!moved && settled === 0) await sleep(IDLE_MS, undefined, { signal }).catch(() => {});
  }
}
