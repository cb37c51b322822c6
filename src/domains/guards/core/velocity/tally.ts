import type { EpochMs } from "#kernel/time.ts";
import { type CountedRule, SLICES } from "./rules.ts";

/**
 * Sums of one rule for one busy subject, by slices: a ring of the last two windows' slices (or of the last calendar
 * periods). A slice that is older than the ring is forgotten, so what comes very late is not counted.
 */
export type Tally = {
  readonly ids: Float64Array;
  readonly amounts: Float64Array;
  /** When each different one was last seen, for rules that count those. */
  readonly seen: Map<number, EpochMs> | undefined;
  /** The newest slice, the sum of the window that ends with it, and the time of the newest event. */
  readonly last: Float64Array;
};

const [HEAD, SUM, AT] = [0, 1, 2] as const;
/** Calendar periods kept: the one now, and the one before for what comes late. */
const PERIODS = 2;

export function newTally({ periodOf, distinctAt }: CountedRule): Tally {
  // Twice the window, so that windows which end later can be looked at for what comes late.
  const size = periodOf ? PERIODS : 2 * SLICES + 1;
  return {
    ids: new Float64Array(size).fill(-1),
    amounts: new Float64Array(size),
    seen: distinctAt < 0 ? undefined : new Map(),
    last: Float64Array.of(-1, 0, Number.NEGATIVE_INFINITY),
  };
}

export function lastAtOf(tally: Tally): EpochMs {
  return tally.last[AT] as number;
}

function sliceOf({ periodOf, windowMs }: CountedRule, at: EpochMs): number {
  return periodOf ? periodOf(at).from : Math.floor((at * SLICES) / windowMs);
}

/** `value`: how much it adds, or the key of what the rule counts different ones of. */
export function addToTally(tally: Tally, rule: CountedRule, at: EpochMs, value: number): void {
  if (at > lastAtOf(tally)) tally.last[AT] = at;
  if (tally.seen !== undefined) {
    if (value !== 0) see(tally.seen, value, at, rule);
    return;
  }
  const slice = sliceOf(rule, at);
  if (rule.periodOf === undefined) {
    moveHead(tally, slice);
    if (slice >= (tally.last[HEAD] as number) - SLICES) tally.last[SUM] = (tally.last[SUM] as number) + value;
  }
  addAt(tally, rule.periodOf ? periodPlace(tally, slice) : slice % tally.ids.length, slice, value);
}

function addAt(tally: Tally, place: number, slice: number, amount: number): void {
  const known = tally.ids[place] as number;
  if (known > slice) return;
  if (known < slice) {
    tally.ids[place] = slice;
    tally.amounts[place] = 0;
  }
  tally.amounts[place] = (tally.amounts[place] as number) + amount;
}

function periodPlace({ ids }: Tally, period: number): number {
  const known = ids.indexOf(period);
  if (known >= 0) return known;
  return (ids[0] as number) <= (ids[1] as number) ? 0 : 1;
}

/** A newer slice: what leaves the window that ends with it leaves its sum. */
function moveHead(tally: Tally, slice: number): void {
  if (slice <= (tally.last[HEAD] as number)) return;
  tally.last[SUM] = sumOfWindow(tally, slice);
  tally.last[HEAD] = slice;
}

/** The sum of the window that ends with a slice not older than the newest. */
function sumOfWindow(tally: Tally, slice: number): number {
  const head = tally.last[HEAD] as number;
  if (slice > head + SLICES) return 0;
  let sum = tally.last[SUM] as number;
  for (let s = head - SLICES; s < slice - SLICES; s++) sum -= amountAt(tally, s);
  return sum;
}

function see(seen: Map<number, EpochMs>, value: number, at: EpochMs, rule: CountedRule): void {
  const before = seen.get(value);
  seen.set(value, before === undefined ? at : Math.max(before, at));
  // Above the limit more of them say nothing new.
  if (seen.size <= 2 * rule.terms.limit + 64) return;
  const oldest = at - rule.windowMs;
  for (const [each, lastAt] of seen) if (lastAt < oldest) seen.delete(each);
  if (seen.size > 4 * rule.terms.limit + 256) seen.delete(seen.keys().next().value as number);
}

/** The most that a window around `at` holds: at least the true sum, at most that of a window one slice longer. */
export function readTally(tally: Tally, rule: CountedRule, at: EpochMs): number {
  const slice = sliceOf(rule, at);
  if (rule.periodOf) {
    const place = tally.ids.indexOf(slice);
    return place < 0 ? 0 : (tally.amounts[place] as number);
  }
  const head = tally.last[HEAD] as number;
  if (slice >= head) return sumOfWindow(tally, slice);
  const newest = Math.min(head, slice + SLICES);
  let sum = 0;
  for (let s = slice - SLICES; s <= slice; s++) sum += amountAt(tally, s);
  let most = sum;
  for (let s = slice + 1; s <= newest; s++) {
    sum += amountAt(tally, s) - amountAt(tally, s - SLICES - 1);
    if (sum > most) most = sum;
  }
  return most;
}

function amountAt(tally: Tally, slice: number): number {
  const place = slice % tally.ids.length;
  return tally.ids[place] === slice ? (tally.amounts[place] as number) : 0;
}
