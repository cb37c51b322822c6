import type { Random } from "#kernel/random.ts";

/** A standard normal number (Box and Muller 1958); of its pair the second is not used, so that a draw is a draw. */
export function normal(random: Random): number {
  const u = 1 - random.next();
  return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * random.next());
}

/** Gamma of a shape above 0 and scale 1 (Marsaglia and Tsang 2000; below 1 by their u^(1/a) step). */
export function gamma(random: Random, shape: number): number {
  if (shape < 1) return gamma(random, shape + 1) * (1 - random.next()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(random);
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    if (Math.log(1 - random.next()) < (x * x) / 2 + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** Beta(a, b) as a share of two gammas. */
export function beta(random: Random, a: number, b: number): number {
  const x = gamma(random, a);
  const y = gamma(random, b);
  return x + y === 0 ? a / (a + b) : x / (x + y);
}

/** Where the normal approximation begins: its error is far below the width of an interval there. */
const LARGE = 200;

/** How many of `n` do what each does with chance `p`: by counting gaps between hits (Devroye 1986, X.4.3), or normal. */
export function binomial(random: Random, n: number, p: number): number {
  if (n <= 0 || p <= 0) return 0;
  if (p >= 1) return n;
  if (p > 0.5) return n - binomial(random, n, 1 - p);
  if (n * p > LARGE) {
    const drawn = Math.round(n * p + Math.sqrt(n * p * (1 - p)) * normal(random));
    return Math.min(n, Math.max(0, drawn));
  }
  const log = Math.log(1 - p);
  let hits = -1;
  for (let place = 0; place <= n; hits++) place += Math.floor(Math.log(1 - random.next()) / log) + 1;
  return hits;
}

/** Student's t with `degrees` of freedom. */
export function student(random: Random, degrees: number): number {
  return normal(random) / Math.sqrt((2 * gamma(random, degrees / 2)) / degrees);
}

/** The value below which a share `q` of sorted values lies, between neighbours in proportion (Hyndman and Fan 1996, type 7). */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  const place = (sorted.length - 1) * q;
  const below = Math.floor(place);
  const low = sorted[below] ?? 0;
  return low + ((sorted[below + 1] ?? low) - low) * (place - below);
}

export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return values.length === 0 ? 0 : sum / values.length;
}
