/**
 * Latencies in buckets 2 % apart from 10 µs up, so that a percentile is right to 1 % however many there are, at the cost
 * of one array.
 */
const FIRST_MS = 0.01;
const STEP = 1.02;
const BUCKETS = 900;
const LOG_STEP = Math.log(STEP);

export type Latencies = {
  add(ms: number): void;
  /** The latency that this share (0..1) of all stays below; 0 when there are none. */
  quantileMs(share: number): number;
  maxMs(): number;
  meanMs(): number;
  count(): number;
  reset(): void;
};

export function createLatencies(): Latencies {
  const counts = new Uint32Array(BUCKETS);
  let total = 0;
  let sum = 0;
  let max = 0;
  return {
    add: (ms) => {
      const bucket = ms <= FIRST_MS ? 0 : Math.min(BUCKETS - 1, Math.ceil(Math.log(ms / FIRST_MS) / LOG_STEP));
      counts[bucket] = (counts[bucket] as number) + 1;
      total++;
      sum += ms;
      if (ms > max) max = ms;
    },
    quantileMs: (share) => {
      let seen = 0;
      for (let bucket = 0; bucket < BUCKETS; bucket++) {
        seen += counts[bucket] as number;
        if (total > 0 && seen >= share * total) return Math.min(max, FIRST_MS * STEP ** bucket);
      }
      return 0;
    },
    maxMs: () => max,
    meanMs: () => (total === 0 ? 0 : sum / total),
    count: () => total,
    reset: () => {
      counts.fill(0);
      total = 0;
      sum = 0;
      max = 0;
    },
  };
}
