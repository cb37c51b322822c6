import assert from "node:assert/strict";
import { test } from "node:test";
import { aim, between, createDice, next, purpose, roll } from "./dice.ts";
import {
  aliasOf,
  dailyHazard,
  exponentialDays,
  lognormalQuantiles,
  normalQuantile,
  pick,
  quantile,
  secondOfDay,
  secondsByHour,
} from "./distributions.ts";
import { shuffled } from "./shuffle.ts";

const DRAWS = 40_000;

function draws(): number[] {
  const dice = aim(createDice(), 7, purpose("test"), 1, 2);
  return Array.from({ length: DRAWS }, () => next(dice));
}

test("the dice are uniform: each tenth of [0, 1) gets a tenth of the draws, and neighbours are not correlated", () => {
  const values = draws();
  const tenths = new Array<number>(10).fill(0);
  for (const value of values) tenths[Math.floor(value * 10)]!++;
  for (const count of tenths) assert.ok(Math.abs(count / DRAWS - 0.1) < 0.008, `a tenth got ${count}`);
  let product = 0;
  for (let i = 1; i < DRAWS; i++) product += (values[i]! - 0.5) * (values[i - 1]! - 0.5);
  assert.ok(Math.abs(product / DRAWS) < 0.002);
});

test("rolls of neighbouring people, days and seeds are as unlike as any others", () => {
  const what = purpose("test");
  const sums = [0, 0, 0];
  for (let i = 0; i < DRAWS; i++) {
    const here = roll(7, what, i, 100) - 0.5;
    sums[0]! += here * (roll(7, what, i + 1, 100) - 0.5);
    sums[1]! += here * (roll(7, what, i, 101) - 0.5);
    sums[2]! += here * (roll(8, what, i, 100) - 0.5);
  }
  for (const sum of sums) assert.ok(Math.abs(sum / DRAWS) < 0.002, `correlation ${sum / DRAWS}`);
});

test("a key gives its stream again, whatever was drawn in between", () => {
  const dice = createDice();
  const first = next(aim(dice, 1, 2, 3, 4));
  for (let i = 0; i < 10; i++) between(dice, 0, 6);
  assert.equal(next(aim(dice, 1, 2, 3, 4)), first);
});

test("normal quantiles are the tabulated ones", () => {
  for (const [p, z] of [
    [0.5, 0],
    [0.975, 1.959963985],
    [0.001, -3.090232306],
    [0.84134474606854, 1],
  ] as const) {
    assert.ok(Math.abs(normalQuantile(p) - z) < 1e-7, `quantile of ${p}`);
  }
});

test("an alias table draws by weight, a weight of zero never", () => {
  const alias = aliasOf([5, 0, 3, 2]);
  const counts = [0, 0, 0, 0];
  for (const value of draws()) counts[pick(alias, value)]!++;
  assert.equal(counts[1], 0);
  [0.5, 0, 0.3, 0.2].forEach((share, i) => {
    assert.ok(Math.abs(counts[i]! / DRAWS - share) < 0.01);
  });
});

test("lognormal quantiles keep the median and the spread", () => {
  const table = lognormalQuantiles(9_000, 0.6);
  assert.ok(Math.abs(quantile(table, 0.5) - 9_000) < 20);
  assert.ok(Math.abs(Math.log(quantile(table, 0.841_34) / 9_000) - 0.6) < 0.01);
});

test("a monthly rate of 2 % leaves 98 % after 30 days", () => {
  const hazard = dailyHazard(200);
  const stay = draws().filter((value) => exponentialDays(value, hazard) > 30).length;
  assert.ok(Math.abs(stay / DRAWS - 0.98) < 0.004);
});

test("seconds of the day follow the hours' weights and stay inside open hours", () => {
  const table = secondsByHour([1, 3], 10);
  const seconds = draws().map((value) => secondOfDay(table, value));
  assert.ok(seconds.every((second) => second >= 36_000 && second < 43_200));
  assert.ok(Math.abs(seconds.filter((second) => second >= 39_600).length / DRAWS - 0.75) < 0.01);
});

test("a shuffle gives every number of its space once", () => {
  for (const space of [10, 997, 4_096]) {
    const seen = new Set(Array.from({ length: space }, (_, i) => shuffled(i, space, 42)));
    assert.equal(seen.size, space);
    assert.ok([...seen].every((value) => value >= 0 && value < space));
  }
});
