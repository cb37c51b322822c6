import { hash32, mix32 } from "#kernel/random.ts";

/**
 * Randomness by key. What happens to person 7,654,321 on day 20,000 for one purpose is drawn from the four numbers
 * (seed, purpose, person, day) alone, so nobody else has to be drawn first, and adding a draw for one purpose shifts no
 * other. Within a key, `next` counts on.
 */
export type Dice = { a: number; b: number; n: number };

const WHOLE = 4_294_967_296;
const GOLDEN = 0x9e3779b9 | 0;

/** The number of a purpose, from its name. */
export function purpose(name: string): number {
  return hash32(name) | 0;
}

export function createDice(): Dice {
  return { a: 0, b: 0, n: 0 };
}

/** Points the dice at a key; they then give that key's stream from its beginning. */
export function aim(dice: Dice, seed: number, what: number, x: number, y: number): Dice {
  const a = mix32(seed ^ Math.imul(what, 0x85ebca6b) ^ mix32(x + GOLDEN));
  dice.a = a | 0;
  dice.b = mix32(a + Math.imul(y | 0, 0xc2b2ae35)) | 0;
  dice.n = 0;
  return dice;
}

/** A float in [0, 1) with 32 random bits. */
export function next(dice: Dice): number {
  dice.n = (dice.n + GOLDEN) | 0;
  return mix32(mix32(dice.n ^ dice.a) + dice.b) / WHOLE;
}

/** True for `shareBp` of 10,000. */
export function chance(dice: Dice, shareBp: number): boolean {
  return next(dice) * 10_000 < shareBp;
}

/** An integer in [from, until). */
export function between(dice: Dice, from: number, until: number): number {
  return from + Math.floor(next(dice) * (until - from));
}

export function pickOne<T>(dice: Dice, items: readonly T[]): T {
  return items[Math.floor(next(dice) * items.length)] as T;
}

/** One float in [0, 1) of a key, when a key needs just one. */
export function roll(seed: number, what: number, x: number, y: number): number {
  const a = mix32(seed ^ Math.imul(what, 0x85ebca6b) ^ mix32(x + GOLDEN));
  return mix32(mix32(a + Math.imul(y | 0, 0xc2b2ae35)) ^ a) / WHOLE;
}
