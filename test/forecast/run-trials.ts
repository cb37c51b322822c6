import type { Range, Stated } from "#domains/missions/index.ts";
import type { Finished } from "#flows/missions/forecast/past.ts";
import { createRandom } from "#kernel/random.ts";
import {
  type Coverage,
  coverageOf,
  finishedOf,
  forecastTrial,
  type Told,
  type Trial,
  trialsOf,
} from "./city-trials.ts";

const PEOPLE = 2_400;
const MISSIONS_EACH = 4;
/** So many finished missions each forecast learns from: others for each city, so that luck in one lesson is not everybody's. */
const LESSONS = 12;

export type Trials = {
  /** As the platform forecasts: with what it has learnt of missions that are over. */
  readonly learnt: Coverage;
  /** Before any mission has finished. */
  readonly prior: Coverage;
  /** The same expectations held for certain: only chance is left. */
  readonly certain: Coverage;
};

/** Learns from missions of some cities, forecasts those of other cities before they begin, and counts what then came. */
export async function runTrials(trainingCities: number, unseenCities: number): Promise<Trials> {
  const pool: Finished[] = [];
  const prior: Told[] = [];
  for (const trial of citiesFrom(1_000, trainingCities)) {
    const { truth } = trial;
    const forecast = await forecastTrial(trial, []);
    prior.push({ forecast, truth });
    pool.push(finishedOf(trial, forecast));
  }
  const learnt: Told[] = [];
  const certain: Told[] = [];
  for (const trial of citiesFrom(5_000, unseenCities)) {
    const lessons = drawLessons(pool, Math.floor(learnt.length / MISSIONS_EACH));
    const { truth } = trial;
    const forecast = await forecastTrial(trial, lessons);
    learnt.push({ forecast, truth });
    certain.push({ forecast: await forecastTrial(trial, lessons, certainly(forecast.assumptions)), truth });
  }
  return { learnt: coverageOf(learnt), prior: coverageOf(prior), certain: coverageOf(certain) };
}

function* citiesFrom(first: number, count: number): Generator<Trial> {
  for (let seed = first; seed < first + count; seed++) yield* trialsOf(seed, PEOPLE, MISSIONS_EACH);
}

function drawLessons(pool: readonly Finished[], city: number): Finished[] {
  const random = createRandom(city).fork("lessons");
  const left = [...pool];
  return Array.from(
    { length: Math.min(LESSONS, pool.length) },
    () => left.splice(random.int(left.length), 1)[0] as Finished,
  );
}

function certainly(assumptions: Readonly<Partial<Record<string, Range>>>): Stated {
  return Object.fromEntries(
    ["natural", "won", "spend"].map((key) => {
      const expected = assumptions[key]?.expected ?? 0;
      return [key, { low: expected, expected, high: expected }];
    }),
  );
}

/** Where the share of `n` forecasts that hold lies in 99 of 100 runs, when each holds with chance `p`. */
export function expectedCoverage(p: number, n: number): readonly [number, number] {
  const half = 2.576 * Math.sqrt((p * (1 - p)) / n);
  return [p - half, p + half];
}
