import { type FollowDeps, runFollower } from "#flows/follow-stream/index.ts";
import type { ReferralRunDeps } from "./deps.ts";
import { referralSubscriber } from "./follow-referrals.ts";
import { settleReferrals } from "./settle-referrals.ts";

const BEAT_MS = 1_000;

/** Follows the stream and settles invitations until the signal is aborted. */
export async function runReferral(deps: ReferralRunDeps & FollowDeps, signal: AbortSignal): Promise<void> {
  const then = async () => (await settleReferrals(deps)) > 0;
  await runFollower(deps, referralSubscriber(deps), { beatMs: BEAT_MS, then }, signal);
}
