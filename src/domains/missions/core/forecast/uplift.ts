import { createRandom, type Random } from "#kernel/random.ts";
import { beta, normal, quantile } from "./draws.ts";

/** What had been measured of a finished mission before it began, and what came of it. */
export type FinishedMission = {
  readonly audience: number;
  readonly completions: number;
  /** Who would have done it in the days looked back on, and how many of them the mission's days make. */
  readonly natural: Natural;
  readonly days: number;
  /** What the reward was worth to a member, kopecks. */
  readonly valueKopecks: number;
};

/** So many of so many members did it in so many days without the mission. */
export type Natural = { readonly hits: number; readonly members: number; readonly days: number };

/** A share of those who would not have done it anyway, for a reward of some worth. */
export type Uplift = {
  readonly finished: number;
  draw(random: Random, valueKopecks: number): number;
};

/**
 * How many a mission wins of those who would not have done it anyway: ln(share) = level + slope × ln(worth / 500 ₽) + the
 * mission's own part, normal with a spread. What is believed of the three before anything has been seen:
 */
export const UPLIFT_PRIOR = {
  worthKopecks: 50_000,
  level: { mean: Math.log(0.02), spread: 0.9 },
  slope: { mean: 0.4, spread: 0.25 },
  /** Rayleigh's: few missions may look alike by luck, so no spread at all is taken as impossible (Chung et al. 2013). */
  spread: { scale: 0.5, least: 0.05, most: 1.8 },
} as const;

/** From one time to the next the natural rate differs by so much of itself (season, trend): the spread of its logarithm. */
const DRIFT = 0.15;
/** Points of the grid a parameter, and how often it is drawn closer around what is likely. */
const POINTS = { level: 33, slope: 9, spread: 11 } as const;
const ROUNDS = 3;
const MOST_MISSIONS = 24;
/** Logarithms of shares that are looked at, from 1 in 20,000 to 90 %. */
const STEP = 0.0754;
const SHARES = Array.from({ length: 131 }, (_, i) => Math.log(0.00005) + i * STEP);

/** The chance to do it by oneself in the mission's days: Jeffreys' beta posterior of the days looked back on, at a steady rate. */
export function drawNatural(random: Random, { hits, members, days }: Natural, missionDays: number): number {
  const share = beta(random, hits + 0.5, Math.max(0, members - hits) + 0.5);
  const times = (missionDays / Math.max(days, 1)) * Math.exp(DRIFT * normal(random));
  return 1 - (1 - share) ** times;
}

/**
 * The hierarchical binomial model on a grid (Gelman et al., Bayesian Data Analysis, 3rd ed., 5.3): completions of each
 * finished mission are binomial with 1 − (1 − natural)(1 − won); what was natural is averaged out. Without missions it is
 * the prior; each one narrows it. The same missions give the same, always.
 */
export function learnUplift(missions: readonly FinishedMission[]): Uplift {
  const seen = missions.filter(({ audience }) => audience >= 1).slice(-MOST_MISSIONS);
  const likelihoods = seen.map((mission, i) => ({
    worth: worthOf(mission.valueKopecks),
    of: likelihoodOf(mission, createRandom(0x5eed + i)),
  }));
  const grid = refined(likelihoods);
  const sums = Float64Array.from(grid.weights);
  for (let i = 1; i < sums.length; i++) sums[i] = (sums[i] as number) + (sums[i - 1] as number);
  const all = sums.at(-1) as number;
  return {
    finished: seen.length,
    draw(random, valueKopecks) {
      const point = grid.points[firstAbove(sums, random.next() * all)] as Point;
      // Between the points of the grid as well: within its cell each is as likely.
      const level = point.level + (random.next() - 0.5) * grid.steps.level;
      const slope = point.slope + (random.next() - 0.5) * grid.steps.slope;
      const share = level + slope * worthOf(valueKopecks) + point.spread * normal(random);
      return Math.min(0.95, Math.exp(share));
    },
  };
}

type Point = { readonly level: number; readonly slope: number; readonly spread: number };
type Likelihood = { readonly worth: number; readonly of: Float64Array };
type Span = { readonly from: number; readonly to: number };

function worthOf(valueKopecks: number): number {
  return Math.log(Math.max(valueKopecks, 100) / UPLIFT_PRIOR.worthKopecks);
}

/** By share won: how likely the completions were, at most 1. */
function likelihoodOf({ audience, completions, natural, days }: FinishedMission, random: Random): Float64Array {
  const naturals = Array.from({ length: 40 }, () => drawNatural(random, natural, days));
  const logs = SHARES.map((share) => {
    const won = Math.exp(share);
    return naturals.map((own) => {
      const p = Math.min(1 - 1e-9, Math.max(1e-9, 1 - (1 - own) * (1 - Math.min(won, 0.999))));
      const done = Math.min(completions, audience);
      return done * Math.log(p) + (audience - done) * Math.log(1 - p);
    });
  });
  const most = Math.max(...logs.flat());
  return Float64Array.from(logs, (row) => row.reduce((sum, log) => sum + Math.exp(log - most), 0) / naturals.length);
}

function refined(likelihoods: readonly Likelihood[]) {
  const { level, slope, spread } = UPLIFT_PRIOR;
  let spans: Readonly<Record<keyof Point, Span>> = {
    level: { from: level.mean - 4 * level.spread, to: level.mean + 4 * level.spread },
    slope: { from: slope.mean - 3.5 * slope.spread, to: slope.mean + 3.5 * slope.spread },
    spread: { from: spread.least, to: spread.most },
  };
  let grid = gridOver(spans, likelihoods);
  for (let round = 1; round < ROUNDS; round++) {
    spans = {
      level: likely(grid, "level", spans.level),
      slope: likely(grid, "slope", spans.slope),
      spread: likely(grid, "spread", spans.spread),
    };
    grid = gridOver(spans, likelihoods);
  }
  return grid;
}

function gridOver(spans: Readonly<Record<keyof Point, Span>>, likelihoods: readonly Likelihood[]) {
  const levels = along(spans.level, POINTS.level);
  const slopes = along(spans.slope, POINTS.slope);
  const spreads = along(spans.spread, POINTS.spread);
  const points: Point[] = [];
  const logs: number[] = [];
  for (const spread of spreads) {
    const tables = likelihoods.map(({ of, worth }) => ({ worth, table: smoothed(of, spread) }));
    for (const level of levels) {
      for (const slope of slopes) {
        const point = { level, slope, spread };
        let log = logPrior(point);
        for (const { worth, table } of tables) log += at(table, level + slope * worth);
        points.push(point);
        logs.push(log);
      }
    }
  }
  const most = Math.max(...logs);
  const stepOf = ({ from, to }: Span, count: number) => (to - from) / (count - 1);
  return {
    points,
    weights: logs.map((log) => Math.exp(log - most)),
    steps: { level: stepOf(spans.level, POINTS.level), slope: stepOf(spans.slope, POINTS.slope) },
  };
}

function logPrior({ level, slope, spread }: Point): number {
  const prior = UPLIFT_PRIOR;
  const squared = (value: number, { mean, spread }: { mean: number; spread: number }) => ((value - mean) / spread) ** 2;
  const apart = squared(level, prior.level) + squared(slope, prior.slope) + (spread / prior.spread.scale) ** 2;
  return Math.log(spread) - apart / 2;
}

/** Likelihoods averaged over what is a mission's own: by the logarithm of the share that missions of its kind win. */
function smoothed(of: Float64Array, spread: number): Float64Array {
  const reach = Math.min(SHARES.length, Math.ceil((4 * spread) / STEP));
  const kernel = Array.from({ length: reach + 1 }, (_, i) => Math.exp(-(((i * STEP) / spread) ** 2) / 2));
  return Float64Array.from(SHARES, (_, center) => {
    let sum = 0;
    let weights = 0;
    for (let i = Math.max(0, center - reach); i <= Math.min(SHARES.length - 1, center + reach); i++) {
      const weight = kernel[Math.abs(i - center)] as number;
      weights += weight;
      sum += weight * (of[i] as number);
    }
    return Math.log(sum / weights + 1e-300);
  });
}

function at(table: Float64Array, share: number): number {
  const place = Math.min(SHARES.length - 1.001, Math.max(0, (share - (SHARES[0] as number)) / STEP));
  const below = Math.floor(place);
  const low = table[below] as number;
  return low + ((table[below + 1] as number) - low) * (place - below);
}

function along({ from, to }: Span, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));
}

/** Where nearly all of the weight of one parameter lies, with a cell's room on both sides, within what is looked at. */
function likely(grid: ReturnType<typeof gridOver>, name: keyof Point, within: Span): Span {
  const byValue = new Map<number, number>();
  grid.points.forEach((point, i) => {
    byValue.set(point[name], (byValue.get(point[name]) ?? 0) + (grid.weights[i] as number));
  });
  const values = [...byValue.keys()].sort((a, b) => a - b);
  const most = Math.max(...byValue.values());
  const kept = values.filter((value) => (byValue.get(value) as number) > most * 1e-3);
  const step = ((values.at(-1) as number) - (values[0] as number)) / (values.length - 1);
  const from = Math.max(within.from, quantile(kept, 0) - step);
  return { from, to: Math.max(from + step / 8, Math.min(within.to, quantile(kept, 1) + step)) };
}

function firstAbove(sums: Float64Array, value: number): number {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] as number) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
