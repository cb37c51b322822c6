import { setTimeout as sleep } from "node:timers/promises";
import { followStream, type StreamDeps } from "./follow-stream.ts";
import { type SettleDeps, settleRewards } from "./settle-rewards.ts";

/** How long to wait when there was nothing: a boost is on the member's next receipt within about a second. */
const IDLE_MS = 250;

export type MissionRunDeps = StreamDeps & SettleDeps & { readonly refresh: () => Promise<unknown> };

/** Follows the stream and settles rewards until the signal is aborted. */
export async function runMissions(deps: MissionRunDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await deps.refresh();
    const moved = await followStream(deps);
    const settled = await settleRewards(deps);
    if (!moved && settled === 0) await sleep(IDLE_MS, undefined, { signal }).catch(() => {});
  }
}
