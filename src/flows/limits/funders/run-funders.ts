import { type FollowDeps as FollowStreamDeps, runFollower } from "#flows/follow-stream/index.ts";
import { alignCovers, type FollowDeps, funderSubscriber } from "./follow-funders.ts";
import { type ReserveDeps, settleReserves } from "./settle-reserves.ts";

/** What came free, and what a top-up brings, is there a second later. */
const BEAT_MS = 1_000;

export type FundersRunDeps = FollowDeps & ReserveDeps & FollowStreamDeps;

/** Follows what is given in funders' names and settles what waits for them, until the signal is aborted. */
export async function runFunders(deps: FundersRunDeps, signal: AbortSignal): Promise<void> {
  const then = async ({ hasMore }: { readonly hasMore: boolean }) => {
    if (hasMore) return false;
    await alignCovers(deps);
    await settleReserves(deps);
    return false;
  };
  await runFollower(deps, funderSubscriber, { beatMs: BEAT_MS, then }, signal);
}
