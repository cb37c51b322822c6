import { invariant } from "./invariant.ts";

/** Integer hundredths of a rouble. */
export type Kopecks = number;
/** Integer hundredths of a point; one point is one rouble unless the programme says otherwise. */
export type PointsCents = number;
/** Integer hundredths of a percent: 500 is 5 %. */
export type BasisPoints = number;

export const BASIS_POINTS_IN_WHOLE = 10_000;

/** The largest amount accepted at a door: 10 billion roubles. Products with a rate stay exact below 2^53. */
export const MAX_AMOUNT = 1_000_000_000_000;

export type Rounding = "down" | "half-up" | "up";

/**
 * `amount × rateBp ÷ 10,000` in integers, rounded as asked. `amount` is non-negative and at most MAX_AMOUNT; the
 * product is split so that it is exact for any rate up to 9,000,000 bp.
 */
export function applyRate(amount: number, rateBp: BasisPoints, rounding: Rounding): number {
  const whole = Math.floor(amount / BASIS_POINTS_IN_WHOLE) * rateBp;
  const rest = (amount % BASIS_POINTS_IN_WHOLE) * rateBp;
  const restWhole = Math.floor(rest / BASIS_POINTS_IN_WHOLE);
  const fraction = rest % BASIS_POINTS_IN_WHOLE;
  if (fraction === 0 || rounding === "down") return whole + restWhole;
  if (rounding === "up") return whole + restWhole + 1;
  return whole + restWhole + (fraction * 2 >= BASIS_POINTS_IN_WHOLE ? 1 : 0);
}

/**
 * Splits `total` in proportion to `weights` by the method of largest remainder (Hamilton): floors first, then one
 * unit each to the largest fractional parts. Ties go to the earlier index, so callers order weights by funder id.
 * Exact for any safe integers: `total × weight` is computed in 128 bits when it could pass 2^53.
 * The result sums to `total`; no share of a `total ≤ Σ weights` exceeds its weight.
 */
export function splitByLargestRemainder(total: number, weights: readonly number[]): number[] {
  const n = weights.length;
  if (n === 1) {
    invariant(total === 0 || (weights[0] as number) > 0, "a split needs a positive weight");
    return [total];
  }
  let sum = 0;
  let largest = 0;
  for (let i = 0; i < n; i++) {
    const weight = weights[i] as number;
    sum += weight;
    if (weight > largest) largest = weight;
  }
  if (total === 0) return new Array<number>(n).fill(0);
  invariant(sum > 0, "a split needs a positive weight");
  const exact = total <= Number.MAX_SAFE_INTEGER / largest;
  const shares = new Array<number>(n);
  const remainders = new Array<number>(n);
  let left = total;
  for (let i = 0; i < n; i++) {
    const weight = weights[i] as number;
    if (exact) {
      const product = total * weight;
      remainders[i] = product % sum;
      shares[i] = (product - (remainders[i] as number)) / sum;
    } else {
      const product = BigInt(total) * BigInt(weight);
      shares[i] = Number(product / BigInt(sum));
      remainders[i] = Number(product % BigInt(sum));
    }
    left -= shares[i] as number;
  }
  for (; left > 0; left--) {
    let best = 0;
    for (let i = 1; i < n; i++) if ((remainders[i] as number) > (remainders[best] as number)) best = i;
    shares[best] = (shares[best] as number) + 1;
    remainders[best] = -1;
  }
  return shares;
}
