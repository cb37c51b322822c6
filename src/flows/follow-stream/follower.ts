import type { Pool, PoolClient } from "pg";
import type { Position } from "#platform/postgres/position.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import { createStream, type Stream } from "./stream.ts";
import type { Stretch } from "./stretch.ts";

/** Who derives something from the stream, exactly once. */
export type Subscriber<Page> = {
  readonly position: Position;
  /** Until then nothing is looked at, and the position stays. */
  isReady?(): boolean;
  /**
   * What matters to it in a stretch; undefined: nothing. Outside of any transaction; may run again for the same stretch.
   * What it looks at besides (is a mission live?) is looked at after the stretch was cut.
   */
  read(stretch: Stretch): Promise<Page | undefined>;
  /** Writes what follows of it, in the transaction that moves the position. */
  take(client: PoolClient, page: Page): Promise<void>;
};

export type Step = {
  readonly moved: boolean;
  /** There is more at once. */
  readonly hasMore: boolean;
};

export type Follower = { step(): Promise<Step> };

export type FollowerOptions = {
  /**
   * A position that moves over what does not matter is written so often only: after a crash that much is looked over
   * again, and again does not matter.
   */
  readonly idleWriteMs?: number;
};

const STAYS: Step = { moved: false, hasMore: false };

/** Follows a stream for one subscriber, a stretch at a time. */
export function createFollower<Page>(
  pool: Pool,
  stream: Stream,
  { position, isReady, read, take }: Subscriber<Page>,
  { idleWriteMs = 0 }: FollowerOptions = {},
): Follower {
  /** As stored, when it was seen last. */
  let stored: number | undefined;
  /** Nothing below matters any more. */
  let seen = 0;
  let writtenAt = performance.now();

  /** Somebody else has moved the position, or set it back: it counts. */
  const lookAgain = (): Step => {
    stored = undefined;
    return { moved: true, hasMore: true };
  };

  const skip = async (to: number): Promise<boolean> => {
    seen = to;
    if (stored === undefined || seen === stored || performance.now() - writtenAt < idleWriteMs) return true;
    if (!(await position.moveFrom(pool, stored, seen))) return false;
    stored = seen;
    writtenAt = performance.now();
    return true;
  };

  const takeAll = (page: Page, from: number, to: number): Promise<boolean> =>
    transaction(pool, async (client) => {
      if ((await position.lock(client)) !== from) return false;
      await take(client, page);
      await position.move(client, to);
      return true;
    });

  const step = async (): Promise<Step> => {
    if (stored === undefined) {
      stored = await position.read(pool);
      seen = stored;
    }
    const known = stored;
    const stretch = await stream.next(seen);
    if (stretch === undefined) return (await skip(seen)) ? STAYS : lookAgain();
    const page = await read(stretch);
    if (!(await (page === undefined ? skip(stretch.to) : takeAll(page, known, stretch.to)))) return lookAgain();
    if (page !== undefined) {
      seen = stretch.to;
      stored = seen;
      writtenAt = performance.now();
    }
    return { moved: true, hasMore: stretch.isFull };
  };

  return {
    step: async () => {
      if (isReady?.() === false) return STAYS;
      try {
        return await step();
      } catch (error) {
        // Whether a commit arrived is not known: the stored position says it.
        stored = undefined;
        throw error;
      }
    },
  };
}

/** One step from the stored position, with a stream of its own. True when it moved. */
export async function followOnce<Page>(pool: Pool, subscriber: Subscriber<Page>, limit?: number): Promise<boolean> {
  const stream = createStream(pool, limit === undefined ? {} : { limit });
  return (await createFollower(pool, stream, subscriber).step()).moved;
}
