import { mix32, type Random } from "#kernel/random.ts";

/** Members of a bench are numbered from 1; each has one card. */
export function cardOf(member: number): string {
  return `2200${String(member).padStart(12, "0")}`;
}

/**
 * Who buys: Zipf-Mandelbrot, density ~ (rank + q)^(-2/3) over all members. A fifth of them bring 56 % of the receipts, the
 * first hundredth brings 18 %, and nobody brings more than 0.015 % (a household does not shop five times a second).
 * Ranks are dealt to members at random, so that those who come often lie all over the tables.
 */
const HEAD = 0.05;
const HEAD_CUBED = HEAD ** 3;
const WHOLE = (1 + HEAD) ** 3 - HEAD_CUBED;

export function drawMember(random: Random, members: number): number {
  const rank = Math.min(members - 1, Math.floor((members * ((random.next() + HEAD) ** 3 - HEAD_CUBED)) / WHOLE));
  return shuffled(rank, members) + 1;
}

/** A permutation of 0..n-1 without a table: a Feistel network over the next even power of two, walked until inside. */
function shuffled(value: number, n: number): number {
  const half = Math.max(1, Math.ceil(Math.log2(n) / 2));
  const mask = 2 ** half - 1;
  let at = value;
  do {
    let left = at >>> half;
    let right = at & mask;
    for (let round = 1; round <= 3; round++) [left, right] = [right, left ^ (mix32(right ^ (round << 24)) & mask)];
    at = ((left << half) | right) >>> 0;
  } while (at >= n);
  return at;
}
