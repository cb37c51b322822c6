import { setTimeout as sleep } from "node:timers/promises";
import { followLevels, type LevelStreamDeps } from "./follow-levels.ts";
import { type LevelSettleDeps, settleLevels } from "./settle-levels.ts";

/** How long to wait when there was nothing: a level is on the member's next receipt within about a second. */
const IDLE_MS = 250;

export type LevelRunDeps = LevelStreamDeps & LevelSettleDeps & { readonly refresh: () => Promise<unknown> };

/** Follows the stream and brings levels up until the signal is aborted. */
export async function runLevels(deps: LevelRunDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await deps.refresh();
    const moved = await followLevels(deps);
    const settled = await settleLevels(deps);
    if (!moved && settled === 0) await sleep(IDLE_MS, undefined, { signal }).catch(() => {});
  }
}
