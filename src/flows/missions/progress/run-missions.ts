import { type FollowDeps, runFollower } from "#flows/follow-stream/index.ts";
import { missionSubscriber, type StreamDeps } from "./follow-stream.ts";
import { type SettleDeps, settleRewards } from "./settle-rewards.ts";

/** A boost is on the member's next receipt within about a second. */
const BEAT_MS = 250;

export type MissionRunDeps = StreamDeps & SettleDeps & FollowDeps;

/** Follows the stream and settles rewards until the signal is aborted. */
export async function runMissions(deps: MissionRunDeps, signal: AbortSignal): Promise<void> {
  const then = async () => (await settleRewards(deps)) > 0;
  await runFollower(deps, missionSubscriber(deps), { beatMs: BEAT_MS, then }, signal);
}
