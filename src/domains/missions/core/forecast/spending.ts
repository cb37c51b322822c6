import type { Random } from "#kernel/random.ts";
import { student } from "./draws.ts";

/** What is believed before any mission has finished: doers earn a tenth more than their replayed receipts, give or take a quarter. */
export const SPENDING_PRIOR = { mean: Math.log(1.1), spread: 0.25, weight: 3, degrees: 8 } as const;

export type Spending = {
  readonly finished: number;
  /** What doers earn by the reward, as a multiple of what the replay of receipts says. */
  draw(random: Random): number;
};

/**
 * The logarithm of what doers earned over what had been replayed is normal from mission to mission; with the conjugate prior
 * the next mission's is Student's t (Murphy 2007, Conjugate Bayesian analysis of the Gaussian distribution, 3; Gelman et al.,
 * Bayesian Data Analysis, 3.3). It stands for all that the replay does not know: more spending, who does it, the season.
 */
export function learnSpending(ratios: readonly number[]): Spending {
  const logs = ratios.filter((ratio) => ratio > 0).map(Math.log);
  const n = logs.length;
  const { mean: priorMean, spread, weight, degrees } = SPENDING_PRIOR;
  const own = n === 0 ? 0 : logs.reduce((sum, log) => sum + log, 0) / n;
  const within = logs.reduce((sum, log) => sum + (log - own) ** 2, 0);
  const weightAfter = weight + n;
  const mean = (weight * priorMean + n * own) / weightAfter;
  const squares = degrees * spread ** 2 + within + ((weight * n) / weightAfter) * (own - priorMean) ** 2;
  const degreesAfter = degrees + n;
  const scale = Math.sqrt((squares / degreesAfter) * (1 + 1 / weightAfter));
  return {
    finished: n,
    // As an exponent a t has no mean: its tails end at six spreads.
    draw: (random) => Math.exp(mean + scale * Math.min(6, Math.max(-6, student(random, degreesAfter)))),
  };
}
