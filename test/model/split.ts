/**
 * Splits `total` over `weights` by largest remainder, in BigInt and by the book: whole shares first, then one more to
 * each of the largest fractions, the earlier of equals first. A second implementation on purpose: the kernel's is
 * under test.
 */
export function splitInProportion(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + BigInt(b), 0n);
  if (total === 0) return weights.map(() => 0);
  if (sum <= 0n) throw new Error("nothing to split over");
  const shares = weights.map((weight, index) => {
    const product = BigInt(total) * BigInt(weight);
    return { index, cents: product / sum, fraction: product % sum };
  });
  const missing = BigInt(total) - shares.reduce((a, share) => a + share.cents, 0n);
  const byFraction = [...shares].sort((a, b) =>
    a.fraction < b.fraction ? 1 : a.fraction > b.fraction ? -1 : a.index - b.index,
  );
  for (const share of byFraction.slice(0, Number(missing))) share.cents += 1n;
  return shares.map((share) => Number(share.cents));
}

/** `floor(part × of ÷ whole)`, exact. */
export function floorShare(part: number, of: number, whole: number): number {
  return Number((BigInt(part) * BigInt(of)) / BigInt(whole));
}

/** Code point order, which is what `<` gives for anything but mixed surrogates; partner ids are ASCII slugs. */
export function compareIds(a: string, b: string): number {
  const left = [...a];
  const right = [...b];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = (left[i] as string).codePointAt(0)! - (right[i] as string).codePointAt(0)!;
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

export function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const n of numbers) total += n;
  return total;
}
