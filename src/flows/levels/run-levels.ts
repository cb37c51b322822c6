import { type FollowDeps, runFollower } from "#flows/follow-stream/index.ts";
import { type LevelStreamDeps, levelSubscriber } from "./follow-levels.ts";
import { type LevelSettleDeps, settleLevels } from "./settle-levels.ts";

/** A level is on the member's next receipt within about a second. */
const BEAT_MS = 250;

export type LevelRunDeps = LevelStreamDeps & LevelSettleDeps & FollowDeps;

/** Follows the stream and brings levels up until the signal is aborted. */
export async function runLevels(deps: LevelRunDeps, signal: AbortSignal): Promise<void> {
  const then = async () => (await settleLevels(deps)) > 0;
  await runFollower(deps, levelSubscriber(deps), { beatMs: BEAT_MS, then }, signal);
}
