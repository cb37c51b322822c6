import type { Kopecks, PointsCents } from "#kernel/money.ts";

/** The same thing under the programme as it was, and as it would have been. Hundredths of a point. */
export type Pair = { before: PointsCents; after: PointsCents };
export type Sums = Map<string, Pair>;

/** A reason for which a receipt, priced again as it was, is not what was booked. */
export type Why = "budget" | "deposit" | "stopped" | "version" | "other";
export type Deviation = { receipts: number; cents: PointsCents; example: { member: number; seq: number } };

/** Everything that a replay adds up. One for each thread of work; nothing in it grows with receipts but members' sums. */
export type Tally = {
  receipts: number;
  members: number;
  turnoverKopecks: Kopecks;
  readonly total: Pair;
  readonly spent: Pair;
  readonly funders: Sums;
  readonly partners: Sums;
  readonly levels: Sums;
  readonly segments: Sums;
  readonly rules: Sums;
  /** What was booked of the replayed receipts. */
  bookedCents: PointsCents;
  reproduced: number;
  readonly deviations: Map<Why, Deviation>;
  /** Receipts that one of the two programmes can't price: a store or category that it does not have. */
  unpriced: number;
  /** Receipts of versions that the patch does not fit; they stay as they were. */
  readonly unfit: Map<number, number>;
  /** Spends that the change would have cut. */
  cutSpends: number;
  /** Each member's difference, hundredths of a point. */
  readonly differences: Differences;
};

export type Differences = {
  add(before: PointsCents, after: PointsCents): void;
  /** Sorted, of at most so many members; larger populations are sampled evenly. */
  sorted(): Float64Array;
  gaining: number;
  losing: number;
  gainedCents: PointsCents;
  lostCents: PointsCents;
};

export function createTally(): Tally {
  return {
    receipts: 0,
    members: 0,
    turnoverKopecks: 0,
    total: { before: 0, after: 0 },
    spent: { before: 0, after: 0 },
    funders: new Map(),
    partners: new Map(),
    levels: new Map(),
    segments: new Map(),
    rules: new Map(),
    bookedCents: 0,
    reproduced: 0,
    deviations: new Map(),
    unpriced: 0,
    unfit: new Map(),
    cutSpends: 0,
    differences: createDifferences(),
  };
}

export function pairOf(sums: Sums, key: string): Pair {
  const known = sums.get(key);
  if (known !== undefined) return known;
  const made = { before: 0, after: 0 };
  sums.set(key, made);
  return made;
}

/** 32 MB of differences at most: from then on every second member is kept, then every fourth. */
const MOST_KEPT = 1 << 22;

export function createDifferences(most = MOST_KEPT): Differences {
  let kept = new Float64Array(1_024);
  let count = 0;
  let stride = 1;
  let seen = 0;
  const differences: Differences = {
    gaining: 0,
    losing: 0,
    gainedCents: 0,
    lostCents: 0,
    add(before, after) {
      const difference = after - before;
      if (difference > 0) {
        differences.gaining++;
        differences.gainedCents += difference;
      } else if (difference < 0) {
        differences.losing++;
        differences.lostCents -= difference;
      }
      if (seen++ % stride !== 0) return;
      if (count === most) {
        for (let i = 0; i < count / 2; i++) kept[i] = kept[i * 2] as number;
        count = Math.ceil(count / 2);
        stride *= 2;
        if ((seen - 1) % stride !== 0) return;
      }
      if (count === kept.length) {
        const larger = new Float64Array(kept.length * 2);
        larger.set(kept);
        kept = larger;
      }
      kept[count++] = difference;
    },
    sorted: () => kept.slice(0, count).sort(),
  };
  return differences;
}
