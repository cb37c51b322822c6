import type { Pool } from "pg";
import {
  MOVEMENTS_END,
  readStreamBuyers,
  readStreamReceipts,
  readStreamRewards,
  type StreamReceipt,
  type StreamReward,
  type StreamSurvey,
  surveyStream,
} from "#domains/ledger/index.ts";
import { type MemberEvent, readStreamEvents } from "#domains/missions/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import type { Cut } from "./store/cut.ts";

/**
 * What transactions [from, to) wrote, all of it, in parts. A part is read when a follower asks for it, and then once for
 * all of them; what nobody asks for is never read.
 */
export type Stretch = Cut & {
  /** Movements, merges and the few operations that say more: no receipt is read for it. */
  survey(): Promise<StreamSurvey>;
  receipts(): Promise<readonly StreamReceipt[]>;
  /** Members with purchases or returns. */
  buyers(): Promise<readonly MemberId[]>;
  rewards(): Promise<readonly StreamReward[]>;
  events(): Promise<readonly MemberEvent[]>;
};

export function createStretch(pool: Pool, cut: Cut): Stretch {
  const { from, to } = cut;
  const receipts = once(() => readStreamReceipts(pool, from, to));
  return {
    ...cut,
    survey: once(() => surveyStream(pool, from, to)),
    receipts,
    buyers: once(async () => {
      if (!receipts.isAsked()) return readStreamBuyers(pool, from, to);
      return [...new Set((await receipts()).map(({ member }) => member))];
    }),
    rewards: once(() => readStreamRewards(pool, from, to)),
    events: once(() => readStreamEvents(pool, from, to)),
  };
}

/** Stretches that follow on each other, as one. */
export function joinStretches(stretches: readonly [Stretch, ...Stretch[]]): Stretch {
  const [first] = stretches;
  const last = stretches.at(-1) as Stretch;
  if (first === last) return first;
  return {
    ...{ from: first.from, to: last.to, isFull: last.isFull },
    rows: stretches.reduce((sum, { rows }) => sum + rows, 0),
    survey: async () => {
      const surveys = await Promise.all(stretches.map((each) => each.survey()));
      const texts = surveys.map(({ movements }) => movements).filter((text) => text !== "");
      return {
        movements: texts.join(MOVEMENTS_END),
        joins: surveys.flatMap(({ joins }) => joins),
        facts: surveys.flatMap(({ facts }) => facts),
      };
    },
    receipts: () => all((each) => each.receipts()),
    buyers: async () => [...new Set(await all((each) => each.buyers()))],
    rewards: () => all((each) => each.rewards()),
    events: () => all((each) => each.events()),
  };

  async function all<Row>(part: (stretch: Stretch) => Promise<readonly Row[]>): Promise<Row[]> {
    return (await Promise.all(stretches.map(part))).flat();
  }
}

/** Reads a thing when it is first asked for; what failed is asked again. */
function once<Value>(read: () => Promise<Value>): (() => Promise<Value>) & { isAsked(): boolean } {
  let known: Promise<Value> | undefined;
  const ask = (): Promise<Value> => {
    known ??= read().catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };
  return Object.assign(ask, { isAsked: () => known !== undefined });
}
