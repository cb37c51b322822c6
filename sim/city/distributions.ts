/** Shapes of randomness: each turns a uniform number in [0, 1) into a value, so that one draw is one value. */

/**
 * Quantile of the standard normal distribution, relative error below 1.2e-9 (P. J. Acklam's rational approximation).
 */
export function normalQuantile(p: number): number {
  const q = p < 0.5 ? p : 1 - p;
  if (q < 0.02425) {
    const t = Math.sqrt(-2 * Math.log(Math.max(q, 1e-12)));
    const top =
      ((((-7.784894002430293e-3 * t - 0.3223964580411365) * t - 2.400758277161838) * t - 2.549732539343734) * t +
        4.374664141464968) *
        t +
      2.938163982698783;
    const bottom =
      (((7.784695709041462e-3 * t + 0.3224671290700398) * t + 2.445134137142996) * t + 3.754408661907416) * t + 1;
    return p < 0.5 ? top / bottom : -top / bottom;
  }
  const r = p - 0.5;
  const s = r * r;
  const top =
    (((((-39.69683028665376 * s + 220.9460984245205) * s - 275.9285104469687) * s + 138.357751867269) * s -
      30.66479806614716) *
      s +
      2.506628277459239) *
    r;
  const bottom =
    ((((-54.47609879822406 * s + 161.5858368580409) * s - 155.6989798598866) * s + 66.80131188771972) * s -
      13.28068155288572) *
      s +
    1;
  return top / bottom;
}

/** A lognormal value with the given median and sigma of the logarithm. */
export function lognormal(u: number, median: number, sigma: number): number {
  return median * Math.exp(sigma * normalQuantile(u));
}

/** The hazard per day of what happens to `monthlyBp` of those still there in a month of 30 days. */
export function dailyHazard(monthlyBp: number): number {
  return -Math.log(1 - monthlyBp / 10_000) / 30;
}

/** Days until something with a constant hazard happens, at least 1. */
export function exponentialDays(u: number, hazard: number): number {
  return Math.ceil(-Math.log(1 - u) / hazard) || 1;
}

/** Quantiles at the middles of 1,024 equal parts: a draw is one look-up. Tails beyond 1 in 2,048 are cut. */
export type Quantiles = Float64Array;
const PARTS = 1_024;

export function lognormalQuantiles(median: number, sigma: number): Quantiles {
  return Float64Array.from({ length: PARTS }, (_, i) => lognormal((i + 0.5) / PARTS, median, sigma));
}

export function quantile(table: Quantiles, u: number): number {
  return table[(u * PARTS) | 0] as number;
}

/** Walker's alias table (Vose's construction): one uniform draw picks by weight in constant time. */
export type Alias = { readonly cuts: Float64Array; readonly others: Uint8Array };

export function aliasOf(weights: readonly number[]): Alias {
  const n = weights.length;
  const sum = weights.reduce((a, b) => a + b, 0);
  const scaled = weights.map((weight) => (weight * n) / sum);
  const cuts = new Float64Array(n).fill(1);
  const others = new Uint8Array(n);
  const small: number[] = [];
  const large: number[] = [];
  for (let i = 0; i < n; i++) ((scaled[i] as number) < 1 ? small : large).push(i);
  while (small.length > 0 && large.length > 0) {
    const less = small.pop() as number;
    const more = large.at(-1) as number;
    cuts[less] = scaled[less] as number;
    others[less] = more;
    scaled[more] = (scaled[more] as number) - (1 - (scaled[less] as number));
    if ((scaled[more] as number) < 1) small.push(large.pop() as number);
  }
  return { cuts, others };
}

export function pick(alias: Alias, u: number): number {
  const scaled = u * alias.cuts.length;
  const i = Math.floor(scaled);
  return scaled - i < (alias.cuts[i] as number) ? i : (alias.others[i] as number);
}

/** Seconds of the day by weights of hours, the first being `fromHour`: a table of 4,096 quantiles, evenly spread within an hour. */
export type SecondsOfDay = Int32Array;
const SECOND_PARTS = 4_096;

export function secondsByHour(hours: readonly number[], fromHour: number): SecondsOfDay {
  const sum = hours.reduce((a, b) => a + b, 0);
  const table = new Int32Array(SECOND_PARTS);
  let hour = 0;
  let before = 0;
  for (let i = 0; i < SECOND_PARTS; i++) {
    const target = ((i + 0.5) / SECOND_PARTS) * sum;
    while (before + (hours[hour] as number) < target) before += hours[hour++] as number;
    table[i] = Math.floor((fromHour + hour + (target - before) / (hours[hour] as number)) * 3_600);
  }
  return table;
}

/** One draw gives both the table's part and the second within it (parts are 14 to 260 s long by day). */
export function secondOfDay(table: SecondsOfDay, u: number): number {
  const scaled = u * SECOND_PARTS;
  const i = Math.floor(scaled);
  const start = table[i] as number;
  const end = table[Math.min(i + 1, SECOND_PARTS - 1)] as number;
  return start + Math.floor((scaled - i) * Math.max(1, end - start));
}
