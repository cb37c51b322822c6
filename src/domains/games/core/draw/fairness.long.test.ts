import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { fairNumber, prizeAt, sumOfWeights } from "./fair.ts";

/** Upper 0.1 % points of chi-square by degrees of freedom (Abramowitz and Stegun, table 26.8). */
const UPPER: Readonly<Record<number, number>> = { 1: 10.828, 4: 18.467, 9: 27.877, 99: 148.23 };
const DRAWS = 200_000;

const seedOf = (name: string) => createHash("sha256").update(`fairness ${name}`).digest();

function chiSquare(observed: readonly number[], expected: readonly number[]): number {
  return observed.reduce((sum, count, i) => sum + (count - (expected[i] as number)) ** 2 / (expected[i] as number), 0);
}

for (const bound of [2, 10, 100]) {
  test(`numbers below ${bound} come equally often`, () => {
    const counts = new Array<number>(bound).fill(0);
    for (let nonce = 1; nonce <= DRAWS; nonce++) {
      const number = fairNumber(seedOf("numbers"), "c", nonce, bound);
      counts[number] = (counts[number] as number) + 1;
    }
    const expected = new Array<number>(bound).fill(DRAWS / bound);
    assert.ok(chiSquare(counts, expected) < (UPPER[bound - 1] as number));
  });
}

test("prizes come as often as their weights say, whichever client seeds people choose", () => {
  const prizes = [
    { id: "jackpot", weight: 1 },
    { id: "large", weight: 9 },
    { id: "medium", weight: 40 },
    { id: "small", weight: 250 },
    { id: "nothing", weight: 700 },
  ];
  const counts = new Map(prizes.map(({ id }) => [id, 0]));
  const sum = sumOfWeights(prizes);
  for (let nonce = 1; nonce <= DRAWS; nonce++) {
    // Half of all people take the same seed, the others count.
    const clientSeed = nonce % 2 === 0 ? "lucky" : `seed-${nonce}`;
    const id = prizeAt(prizes, fairNumber(seedOf("prizes"), clientSeed, nonce, sum));
    counts.set(id, (counts.get(id) as number) + 1);
  }
  const observed = prizes.map(({ id }) => counts.get(id) as number);
  const expected = prizes.map(({ weight }) => (DRAWS * weight) / sum);
  assert.ok(chiSquare(observed, expected) < (UPPER[4] as number), String(observed));
});

test("a bound that does not divide 2^32 is not favoured at its lower end, as plain modulo would", () => {
  // 3 × 2^30: modulo of a plain word would give the lowest third twice as often as the others.
  const bound = 3 * 2 ** 30;
  const thirds = [0, 0, 0];
  for (let nonce = 1; nonce <= DRAWS; nonce++) {
    const third = Math.floor(fairNumber(seedOf("bias"), "c", nonce, bound) / 2 ** 30);
    thirds[third] = (thirds[third] as number) + 1;
  }
  const expected = [DRAWS / 3, DRAWS / 3, DRAWS / 3];
  assert.ok(chiSquare(thirds, expected) < 13.816, String(thirds));
});
