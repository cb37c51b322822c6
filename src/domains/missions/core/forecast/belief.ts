import type { Random } from "#kernel/random.ts";
import { mean, normal, quantile } from "./draws.ts";

/** Low, expected and high: the true value is taken to lie between low and high in `COVERAGE_BP` of cases. */
export type Belief = { readonly low: number; readonly expected: number; readonly high: number };

/** What intervals cover: 80 of 100, the rest to both sides alike. */
export const COVERAGE_BP = 8_000;
const TAIL = (1 - COVERAGE_BP / 10_000) / 2;
/** The normal distribution's quantile at 90 %. */
const Z = 1.2816;

/** The interval of drawn values, and their mean. */
export function beliefOf(drawn: ArrayLike<number>): Belief {
  const sorted = Float64Array.from(drawn).sort();
  return { low: quantile(sorted, TAIL), expected: mean(sorted), high: quantile(sorted, 1 - TAIL) };
}

/**
 * Draws from what a person states as low, expected, high: a normal in two halves (Fechner 1897; so are the fan charts of
 * the Bank of England: Britton, Fisher, Whitley 1998), of the logarithm, or for shares of the log-odds. The middle value is
 * the expected one; a tenth of draws is below low, a tenth above high.
 */
export function drawStated(random: Random, { low, expected, high }: Belief, scale: "log" | "logit"): number {
  const z = normal(random);
  const [to, from] = scale === "log" ? [Math.log, Math.exp] : [logit, expit];
  const middle = to(expected);
  const end = z < 0 ? to(low) : to(high);
  return low === high ? expected : from(middle + (Math.abs(z) / Z) * (end - middle));
}

/** Shares of 0 and 1 are next to them: their log-odds are no numbers. */
const LEAST = 1e-6;

function logit(p: number): number {
  const inside = Math.min(1 - LEAST, Math.max(LEAST, p));
  return Math.log(inside / (1 - inside));
}

function expit(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
