import { createHash, createHmac } from "node:crypto";
import { invariant } from "#kernel/invariant.ts";

/** What is committed to and published before anybody draws; its SHA-256, in canonical JSON, is the commitment. */
export type DrawCommitment = {
  readonly algorithm: "dolka-draw-1";
  readonly game: string;
  /** First day of the period, YYYY-MM-DD. */
  readonly period: string;
  readonly startsAt: string;
  readonly endsAt: string;
  /** SHA-256 of the 32 bytes of the server seed, hexadecimal. */
  readonly serverSeedHash: string;
  /** In this order weights are laid out; `stock` null for without end. */
  readonly prizes: readonly { readonly id: string; readonly weight: number; readonly stock: number | null }[];
  /** Given in place of a prize that has run out. */
  readonly whenOut: string;
};

export function seedHash(serverSeed: Uint8Array): string {
  return createHash("sha256").update(serverSeed).digest("hex");
}

const WORDS = 8;
const WORD_VALUES = 2 ** 32;

/**
 * A whole number in [0, bound), every one equally likely: words of 32 bits (big-endian) of
 * HMAC-SHA256(server seed, "CLIENT_SEED:NONCE:BLOCK"), block 0, 1, 2 …, the first word below the largest multiple of
 * `bound` that fits into 32 bits, modulo `bound` (rejection sampling: no remainder is favoured). A word is rejected with
 * a probability below 1/2, so 8 blocks of 8 words fail together less often than once in 2^64.
 */
export function fairNumber(serverSeed: Uint8Array, clientSeed: string, nonce: number, bound: number): number {
  invariant(Number.isSafeInteger(bound) && bound > 0 && bound <= WORD_VALUES, "a bound fits into 32 bits");
  const limit = WORD_VALUES - (WORD_VALUES % bound);
  for (let block = 0; ; block++) {
    const bytes = createHmac("sha256", serverSeed).update(`${clientSeed}:${nonce}:${block}`).digest();
    for (let word = 0; word < WORDS; word++) {
      const value = bytes.readUInt32BE(word * 4);
      if (value < limit) return value % bound;
    }
  }
}

/** The prize that a number falls on, weights laid out one after the other. */
export function prizeAt(prizes: readonly { readonly id: string; readonly weight: number }[], number: number): string {
  let end = 0;
  for (const { id, weight } of prizes) {
    end += weight;
    if (number < end) return id;
  }
  invariant(false, "a number is below the sum of weights");
}

export function sumOfWeights(prizes: readonly { readonly weight: number }[]): number {
  return prizes.reduce((sum, { weight }) => sum + weight, 0);
}

/** One draw, by what is published: what was drawn, and what was given when that had run out. `taken` counts on. */
export function drawPrize(
  { prizes, whenOut }: Pick<DrawCommitment, "prizes" | "whenOut">,
  serverSeed: Uint8Array,
  clientSeed: string,
  nonce: number,
  taken: ReadonlyMap<string, number>,
): { readonly drawn: string; readonly given: string } {
  const drawn = prizeAt(prizes, fairNumber(serverSeed, clientSeed, nonce, sumOfWeights(prizes)));
  const stock = prizes.find(({ id }) => id === drawn)?.stock ?? null;
  const isOut = stock !== null && (taken.get(drawn) ?? 0) >= stock;
  return { drawn, given: isOut ? whenOut : drawn };
}
