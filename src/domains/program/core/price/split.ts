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
  if (count === 2 && sum > 0 && total * sum <= Number.MAX_SAFE_INTEGER) {
    addPair(total, weights[weightsAt] as number, sum, out, outAt);
    return;
  }
  // Each weight is at most the sum, so the products below stay exact.
  if (sum === 0 || count > SHORT || total * sum > Number.MAX_SAFE_INTEGER) {
    addRare(total, weights, weightsAt, count, sum, out, outAt);
    return;
  }
  if (count === 3) {
    addTriple(total, weights, weightsAt, sum, out, outAt);
    return;
  }
  let left = total;
  for (let i = 0; i < count; i++) {
    const product = total * (weights[weightsAt + i] as number);
    const share = wholeShare(product, sum);
    out[outAt + i] = (out[outAt + i] as number) + share;
    remainders[i] = product - share * sum;
    left -= share;
  }
  if (left > 0) giveLeft(left, count, out, outAt);
}

/** Of two, the first gets its share rounded half up (a tie goes to the earlier), the second what is left. */
function addPair(total: number, weight: number, sum: number, out: Float64Array, outAt: number): void {
  const product = total * weight;
  let share = wholeShare(product, sum);
  if ((product - share * sum) * 2 >= sum) share++;
  out[outAt] = (out[outAt] as number) + share;
  out[outAt + 1] = (out[outAt + 1] as number) + total - share;
}

/** Three in registers: lines of a small receipt, funders of a rule; a third of the loop's time. */
function addTriple(
  total: number,
  weights: Float64Array,
  weightsAt: number,
  sum: number,
  out: Float64Array,
  outAt: number,
): void {
  const productA = total * (weights[weightsAt] as number);
  const productB = total * (weights[weightsAt + 1] as number);
  const productC = total * (weights[weightsAt + 2] as number);
  let a = wholeShare(productA, sum);
  let b = wholeShare(productB, sum);
  let c = wholeShare(productC, sum);
  const left = total - a - b - c;
  if (left > 0) {
    const restA = productA - a * sum;
    const restB = productB - b * sum;
    const restC = productC - c * sum;
    // One unit goes to the largest rest; of two, none goes to the smallest. Ties favour the earlier.
    const isFirst = left === 1;
    if (isFirst ? restA >= restB && restA >= restC : !(restA < restB && restA < restC)) a++;
    if (isFirst ? restB > restA && restB >= restC : !(restB <= restA && restB < restC)) b++;
    if (isFirst ? restC > restA && restC > restB : !(restC <= restA && restC <= restB)) c++;
  }
  out[outAt] = (out[outAt] as number) + a;
  out[outAt + 1] = (out[outAt + 1] as number) + b;
  out[outAt + 2] = (out[outAt + 2] as number) + c;
}

/** Exact floor of product ÷ sum: the division rounds to the nearest double, so it may be one off. */
function wholeShare(product: number, sum: number): number {
  const share = Math.floor(product / sum);
  const rest = product - share * sum;
  return rest < 0 ? share - 1 : rest >= sum ? share + 1 : share;
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
