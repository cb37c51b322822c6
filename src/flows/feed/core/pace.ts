/** How large batches are and how often they go. */
export type PaceLimits = {
  readonly maxRows: number;
  readonly maxBytes: number;
  /** From one batch's start to the next one's, when there is no backlog. Each batch costs about 60 ms of processor. */
  readonly intervalMs: number;
  /** The longest pause after failures in a row. */
  readonly maxPauseMs: number;
};

export const DEFAULT_LIMITS: PaceLimits = {
  maxRows: 20_000,
  maxBytes: 32 * 1024 * 1024,
  intervalMs: 2_000,
  maxPauseMs: 5_000,
};

/** Before the first batch: a purchase with three lines and three funders is about this large. */
const FIRST_GUESS_BYTES_PER_ROW = 1_500;

/** Rows for the next batch, from the size of the rows in the last one. */
export function rowLimit(limits: PaceLimits, lastRows: number, lastBytes: number): number {
  const bytesPerRow = lastRows > 0 && lastBytes > 0 ? lastBytes / lastRows : FIRST_GUESS_BYTES_PER_ROW;
  return Math.max(1, Math.min(limits.maxRows, Math.floor(limits.maxBytes / bytesPerRow)));
}

export type Round = {
  readonly tookMs: number;
  /** There is more than one batch could take. */
  readonly isFull: boolean;
  readonly failuresInARow: number;
};

/** How long to wait after a round: not at all under a backlog, else to the next beat; longer after each failure. */
export function pauseMs(limits: PaceLimits, round: Round): number {
  if (round.failuresInARow > 0) {
    return Math.min(limits.maxPauseMs, limits.intervalMs * 2 ** Math.min(round.failuresInARow - 1, 10));
  }
  return round.isFull ? 0 : Math.max(0, limits.intervalMs - round.tookMs);
}
