import { splitByLargestRemainder } from "#kernel/money.ts";

let remainders = new Float64Array(16);

/**
 * `splitByLargestRemainder` of the kernel over typed arrays, without allocating: the same shares for the same weights
 * (a property test holds them together). Reads `count` weights from `weightsAt`, writes as many shares from `outAt`.
 * When all weights are 0 the units go to the first cells in turn: an award for lines that cost nothing.
 */
export function splitInto(
  total: number,
  weights: ArrayLike<number>,
  weightsAt: number,
  count: number,
  out: Float64Array,
  outAt: number,
): void {
  if (count === 1) {
    out[outAt] = total;
    return;
  }
  let sum = 0;
  let largest = 0;
  for (let i = 0; i < count; i++) {
    const weight = weights[weightsAt + i] as number;
    sum += weight;
    if (weight > largest) largest = weight;
  }
  if (total === 0 || sum === 0 || total > Number.MAX_SAFE_INTEGER / largest) {
    splitRare(total, weights, weightsAt, count, sum, out, outAt);
    return;
  }
  if (remainders.length < count) remainders = new Float64Array(count * 2);
  let left = total;
  for (let i = 0; i < count; i++) {
    const product = total * (weights[weightsAt + i] as number);
    let share = Math.floor(product / sum);
    let remainder = product - share * sum;
    if (remainder < 0) {
      share--;
      remainder += sum;
    } else if (remainder >= sum) {
      share++;
      remainder -= sum;
    }
    out[outAt + i] = share;
    remainders[i] = remainder;
    left -= share;
  }
  for (; left > 0; left--) {
    let best = 0;
    for (let i = 1; i < count; i++) if ((remainders[i] as number) > (remainders[best] as number)) best = i;
    out[outAt + best] = (out[outAt + best] as number) + 1;
    remainders[best] = -1;
  }
}

function splitRare(
  total: number,
  weights: ArrayLike<number>,
  weightsAt: number,
  count: number,
  sum: number,
  out: Float64Array,
  outAt: number,
): void {
  const list = Array.from({ length: count }, (_, i) => (sum === 0 ? 1 : (weights[weightsAt + i] as number)));
  const shares = splitByLargestRemainder(total, list);
  for (let i = 0; i < count; i++) out[outAt + i] = shares[i] as number;
}
