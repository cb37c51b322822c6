import { mix32 } from "#kernel/random.ts";

const ROUNDS = 4;

/**
 * The place of `n` in a keyed shuffle of [0, space): a permutation without a table. A balanced Feistel network over the
 * next even number of bits (Luby and Rackoff 1988), walked until it lands inside (Black and Rogaway 2002, cycle walking).
 * For spaces up to 2^42; not for secrets.
 */
export function shuffled(n: number, space: number, key: number): number {
  const halfBits = Math.ceil(Math.log2(space) / 2);
  const half = 2 ** halfBits;
  let value = n;
  do {
    let left = Math.floor(value / half);
    let right = value % half;
    for (let round = 0; round < ROUNDS; round++) {
      const mixed = (mix32(right + Math.imul(round + 1, 0x9e3779b9) + mix32(key)) & (half - 1)) ^ left;
      left = right;
      right = mixed;
    }
    value = left * half + right;
  } while (value >= space);
  return value;
}
