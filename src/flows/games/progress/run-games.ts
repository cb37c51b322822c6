import { setTimeout as sleep } from "node:timers/promises";
import { type CommitDeps, commitPeriods, revealPeriods } from "../draw/commit-periods.ts";
import { refreshBoards } from "./close-weeks.ts";
import { followGames } from "./follow-games.ts";
import { type SettleDeps, settleAwards } from "./settle-awards.ts";

/** How long to wait when there was nothing. */
const IDLE_MS = 500;

export type GameRunDeps = SettleDeps & CommitDeps & { readonly refresh: () => Promise<unknown> };

/** One round of everything that games do by themselves; whether there may be more at once. */
export async function runGamesOnce(deps: GameRunDeps): Promise<boolean> {
  await deps.refresh();
  await commitPeriods(deps);
  await revealPeriods(deps);
  const moved = await followGames(deps);
  const written = moved ? 0 : await refreshBoards(deps);
  const settled = await settleAwards(deps);
  return moved || written > 0 || settled > 0;
}

/** Follows the stream, closes weeks, commits and reveals seeds, and gives what was won, until the signal is aborted. */
export async function runGames(deps: GameRunDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    if (!(await runGamesOnce(deps))) await sleep(IDLE_MS, undefined, { signal }).catch(() => {});
  }
}
