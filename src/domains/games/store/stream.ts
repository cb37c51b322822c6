import type { ClientBase } from "pg";
import type { StreamReceipt, StreamReward } from "#domains/ledger/index.ts";
import { type MemberEvent, receiptHappening } from "#domains/missions/index.ts";
import type { EpochMs } from "#kernel/time.ts";
import { createPosition } from "#platform/postgres/position.ts";
import type { GameHappening } from "../core/contribution.ts";

/** How far games have followed operations and events. Whoever closes a week locks it, too. */
export const gamePosition = createPosition("game_position");

/**
 * When the first operation that games have not looked at was posted; undefined when there is none. One probe of
 * operation_feed. Transactions that still run have higher numbers than all that was looked at.
 */
export async function firstUnseenAt(client: ClientBase, position: number): Promise<EpochMs | undefined> {
  const { rows } = await client.query<{ posted_at: Date }>(
    "select posted_at from operation where xid >= $1 order by xid limit 1",
    [position],
  );
  return rows[0]?.posted_at.getTime();
}

/** A receipt as games look at it; undefined for a return that cites nothing. */
export function receiptHappened(receipt: StreamReceipt): GameHappening | undefined {
  const happening = receiptHappening(receipt);
  if (happening === undefined || happening.kind === "event") return undefined;
  const { body } = receipt;
  const turnover = happening.lines.reduce((sum, { amount }) => sum + amount, 0);
  if (happening.kind === "purchase") {
    const earned = (body.earned ?? []).flatMap(({ amountCents }) => amountCents);
    const pointsCents = earned.reduce((sum, each) => sum + each, 0);
    return { kind: "deed", happening, turnoverKopecks: turnover, pointsCents };
  }
  const taken = (body.outcome?.takenBackCents ?? 0) + (body.outcome?.arrearsCents ?? 0);
  return { kind: "deed", happening, turnoverKopecks: -turnover, pointsCents: -taken };
}

/** Rewards of missions carry the mission; one that takes back is of kind nothing, and one of anything else is no matter. */
export function rewardHappened({ at, cause }: StreamReward): GameHappening | undefined {
  if (cause?.mission === undefined || cause.kind === undefined || cause.kind === "nothing") return undefined;
  return { kind: "mission", mission: String(cause.mission), at };
}

export function eventHappened({ happening }: MemberEvent): GameHappening {
  return { kind: "deed", happening, turnoverKopecks: 0, pointsCents: 0 };
}
