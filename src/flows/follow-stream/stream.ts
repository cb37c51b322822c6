import type { Pool } from "pg";
import { cutStretch } from "./store/cut.ts";
import { createStretch, joinStretches, type Stretch } from "./stretch.ts";

/** The stream of operations and events in the order of their transactions, for all followers of a process. */
export type Stream = {
  /**
   * What follows on a position: shared with those who stand there too, else read for the one that is behind. Undefined
   * when there is nothing new, or when it was looked at less than a beat ago.
   */
  next(from: number): Promise<Stretch | undefined>;
};

export type StreamOptions = {
  /** Operations and events in a stretch; a transaction is never cut. */
  readonly limit?: number;
  /** The end of the stream is looked at so often at most: a stretch costs every follower a transaction. */
  readonly beatMs?: number;
};

const LIMIT = 5_000;
/** Stretches kept for those who come a little later: two seconds of beats, or as many rows as a stretch may have. */
const KEPT = 10;

/**
 * Followers come by themselves, each with its own position: who is at the end shares each stretch with the others, who is
 * behind (new, slow, or failed for a time) reads its own until it has caught up. So nobody waits for anybody.
 */
export function createStream(pool: Pool, { limit = LIMIT, beatMs = 0 }: StreamOptions = {}): Stream {
  /** What was read last at the end, each beginning where the one before ends. */
  let kept: Stretch[] = [];
  let reading: Promise<Stretch | undefined> | undefined;
  /** Where the end was when it was looked at last, and when. */
  let end: number | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;

  const readOn = async (from: number): Promise<Stretch | undefined> => {
    const cut = await cutStretch(pool, from, limit);
    end = cut?.to ?? from;
    if (cut === undefined) return undefined;
    const stretch = createStretch(pool, cut);
    const before = kept.at(-1)?.to === from ? kept : [];
    kept = [...before, stretch];
    while (kept.length > 1 && (kept.length > KEPT || kept.reduce((sum, { rows }) => sum + rows, 0) > limit * 2)) {
      kept = kept.slice(1);
    }
    return stretch;
  };

  /** Of those who stand at the end together one reads. */
  const atEnd = (from: number): Promise<Stretch | undefined> => {
    const isSoon = performance.now() - lookedAt < beatMs && kept.at(-1)?.isFull !== true;
    if (isSoon && end === from) return Promise.resolve(undefined);
    reading ??= readOn(from).finally(() => {
      reading = undefined;
      lookedAt = performance.now();
    });
    return reading;
  };

  return {
    next: async (from) => {
      // Somebody reads on at this moment: what comes of it may be what is asked for.
      while (reading !== undefined) await reading.catch(() => {});
      const i = kept.findIndex((stretch) => stretch.from === from);
      const first = kept[i];
      if (first !== undefined) return joinStretches([first, ...within(kept.slice(i + 1), limit - first.rows)]);
      if (end === undefined || from >= end) return atEnd(from);
      // Up to where it meets the others.
      const meets = kept.map((stretch) => stretch.from).find((begin) => begin > from) ?? end;
      const cut = await cutStretch(pool, from, limit, meets);
      return cut && createStretch(pool, cut);
    },
  };
}

/** The first stretches that have no more than so many rows together. */
function within(stretches: readonly Stretch[], most: number): Stretch[] {
  let rows = 0;
  const past = stretches.findIndex((stretch) => {
    rows += stretch.rows;
    return rows > most;
  });
  return past < 0 ? [...stretches] : stretches.slice(0, past);
}
