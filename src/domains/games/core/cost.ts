import { splitByLargestRemainder } from "#kernel/money.ts";
import type { Calendar, EpochMs } from "#kernel/time.ts";
import { countPeriods } from "./draw/periods.ts";
import { weekOf } from "./leaderboard/score.ts";
import { type GameTerms, gamePeriod } from "./terms.ts";

/**
 * The most that a game can cost, known before it is approved: prizes, stocks and budgets bound it. Boosts cost what the
 * caps of their rules let through.
 */
export type GameCost = {
  readonly pointsCents: number;
  readonly byFunder: Readonly<Record<string, number>>;
  /** Weeks or periods with prizes of their own. */
  readonly rounds: number;
};

export function mostCost(game: GameTerms, calendar: Calendar): GameCost {
  const { play, document, funders, weights } = game;
  const whole = gamePeriod(document, calendar);
  let rounds = 1;
  let pointsCents = game.budgetCents ?? 0;
  if (play.kind === "leaderboard") {
    rounds = (weekOf(calendar.dayOf(whole.untilAt - 1)) - weekOf(calendar.dayOf(whole.fromAt))) / 7 + 1;
    pointsCents = rounds * play.prizes.reduce((sum, cents) => sum + cents, 0);
  }
  if (play.kind === "draw") {
    rounds = countPeriods(play.every, whole, calendar);
    const each = play.prizes.map(({ stock, reward }) => (reward?.kind === "points" ? (stock ?? 0) * reward.cents : 0));
    pointsCents = rounds * each.reduce((sum, cents) => sum + cents, 0);
  }
  const shares = pointsCents === 0 ? [] : splitByLargestRemainder(pointsCents, weights);
  return { pointsCents, byFunder: Object.fromEntries(shares.map((cents, f) => [funders[f] as string, cents])), rounds };
}

/** Kept with a draft: the approval is of the revision that it names. */
export type GameForecast = GameCost & { readonly hash: string; readonly madeAt: EpochMs };
