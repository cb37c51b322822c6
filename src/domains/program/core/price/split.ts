import { splitByLargestRemainder } from "#kernel/money.ts";

const SHORT = 64;
/** Of constant size, so that the engine knows where it lies; longer lists take the kernel's own way. */
const remainders = new Float64Array(SHORT);

/**
 * `splitByLargestRemainder` of the kernel over typed arrays, without allocating: the same shares for the same weights
 * (a property test holds them together). Reads `count` weights from `weightsAt`, writes as many shares from `outAt`.
 * When all weights are 0 the units go to the first cells in turn: an award for lines that cost nothing.
 */
export function splitInto(
  total: number,
  weights: Float64Array,
  weightsAt: number,
  count: number,
  out: Float64Array,
  outAt: number,
): void {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    sum += weights[weightsAt + i] as number;
    out[outAt + i] = 0;
  }
  addSplit(total, weights, weightsAt, count, sum, out, outAt);
}

/** As splitInto, but adds the shares to what stands at `outAt`; `sum` is that of the weights. */
export function addSplit(
  total: number,
  weights: Float64Array,
  weightsAt: number,
  count: number,
  sum: number,
  out: Float64Array,
  outAt: number,
): void {
  if (count === 1) {
    out[outAt] = (out[outAt] as number) + total;
    return;
  }
  // Each weight is at most the sum, so the products below stay exact.
  if (sum === 0 || count > SHORT || total * sum > Number.MAX_SAFE_INTEGER) {
    addRare(total, weights, weightsAt, count, sum, out, outAt);
    return;
  }
  let left = total;
  for (let i = 0; i < count; i++) {
    const product = total * (weights[weightsAt + i] as number);
    let share = Math.floor(product / sum);
    let remainder = product - share * sum;
    // The division rounds to the nearest double, so the share may be one off.
    if (remainder < 0) {
      share--;
      remainder += sum;
    } else if (remainder >= sum) {
      share++;
      remainder -= sum;
    }
    out[outAt + i] = (out[outAt + i] as number) + share;
    remainders[i] = remainder;
    left -= share;
  }
  if (left > 0) giveLeft(left, count, out, outAt);
}

/** One unit each to the largest remainders, ties to the earlier cell. */
function giveLeft(units: number, count: number, out: Float64Array, outAt: number): void {
  for (let left = units; left > 0; left--) {
    let best = 0;
    let bestRemainder = remainders[0] as number;
    for (let i = 1; i < count; i++) {
      const remainder = remainders[i] as number;
      if (remainder > bestRemainder) {
        best = i;
        bestRemainder = remainder;
      }
    }
    out[outAt + best] = (out[outAt + best] as number) + 1;
    remainders[best] = -1;
  }
}

/** Long lists, and sums that could pass 2^53. */
function addRare(
  total: number,
  weights: Float64Array,
  weightsAt: number,
  count: number,
  sum: number,
  out: Float64Array,
  outAt: number,
): void {
  const list = Array.from({ length: count }, (_, i) => (sum === 0 ? 1 : (weights[weightsAt + i] as number)));
  const shares = splitByLargestRemainder(total, list);
  for (let i = 0; i < count; i++) out[outAt + i] = (out[outAt + i] as number) + (shares[i] as number);
}
