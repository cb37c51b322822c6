import { createFollower, createStream, type FollowDeps, runFollower, type Step } from "#flows/follow-stream/index.ts";
import { type CommitDeps, commitPeriods, revealPeriods } from "../draw/commit-periods.ts";
import { refreshBoards } from "./close-weeks.ts";
import { gameSubscriber } from "./follow-games.ts";
import { type SettleDeps, settleAwards } from "./settle-awards.ts";

const BEAT_MS = 500;

type RoundDeps = SettleDeps & CommitDeps;
export type GameRunDeps = RoundDeps & FollowDeps;

/** What games do by themselves besides following; whether there may be more at once. */
async function doTheRest(deps: RoundDeps, { hasMore }: Step): Promise<boolean> {
  await commitPeriods(deps);
  await revealPeriods(deps);
  const written = hasMore ? 0 : await refreshBoards(deps);
  return (await settleAwards(deps)) > 0 || written > 0;
}

/** One round of everything that games do by themselves; whether there may be more at once. */
export async function runGamesOnce(deps: Omit<GameRunDeps, "stream">): Promise<boolean> {
  await deps.refresh();
  const step = await createFollower(deps.pool, createStream(deps.pool), gameSubscriber(deps)).step();
  return (await doTheRest(deps, step)) || step.moved;
}

/** Follows the stream, closes weeks, commits and reveals seeds, and gives what was won, until the signal is aborted. */
export async function runGames(deps: GameRunDeps, signal: AbortSignal): Promise<void> {
  const then = (step: Step) => doTheRest(deps, step);
  await runFollower(deps, gameSubscriber(deps), { beatMs: BEAT_MS, then }, signal);
}
