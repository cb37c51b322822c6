import type { PartnerId } from "#kernel/ids.ts";
import type { PointsCents } from "#kernel/money.ts";
import type { EpochMs } from "#kernel/time.ts";
import { bookDue } from "./book-due.ts";
import { type Draft, factsOf, type OperationHeader, recordOperation, touchLot } from "./draft.ts";
import { hasRemaining } from "./order.ts";
import { recoverArrears } from "./recover.ts";
import { type Lot, sum } from "./wallet.ts";

/**
 * When points become available that wait for a decision: never by themselves. A real instant, because storage and the
 * warehouse keep one; no programme's activation reaches it (31 December 9999).
 */
export const UNDECIDED: EpochMs = Date.parse("9999-12-31T00:00:00Z");

export type ReleaseCommand = {
  readonly partner: PartnerId;
  readonly at: EpochMs;
  /** The operation whose points waited. */
  readonly seq: number;
  /** By part: when its points would have become available; those whose time has come are active at once. */
  readonly availableAt: ReadonlyMap<number, EpochMs>;
  readonly header?: Pick<OperationHeader, "receiptId">;
  readonly body: (draft: Draft, releasedCents: PointsCents) => string;
};

/** Lots of one operation that wait for a decision. */
export function undecidedLots(draft: Draft, seq: number): Lot[] {
  return draft.lots.filter((lot) => lot.seq === seq && isUndecided(lot) && hasRemaining(lot));
}

export function isUndecided(lot: Pick<Lot, "isActive" | "availableAt">): boolean {
  return !lot.isActive && lot.availableAt === UNDECIDED;
}

/**
 * Lets points go that were pending until a decision: they become available as they would have been. What was returned
 * or has expired meanwhile stays so. Gives the cents let go.
 */
export function release(draft: Draft, command: ReleaseCommand): PointsCents {
  bookDue(draft);
  const { now } = draft.context;
  let releasedCents = 0;
  for (let l = 0; l < draft.lots.length; l++) {
    const lot = draft.lots[l] as Lot;
    if (lot.seq !== command.seq || !isUndecided(lot) || !hasRemaining(lot)) continue;
    const availableAt = Math.max(now, command.availableAt.get(lot.part) ?? now);
    const isActive = availableAt <= now && lot.expiresAt > now;
    draft.lots[l] = { ...lot, availableAt, isActive };
    touchLot(draft, lot);
    const facts = factsOf(draft);
    facts.available ??= [];
    facts.available.push([lot.seq, lot.part, availableAt]);
    releasedCents += sum(lot.remaining);
    if (!isActive) continue;
    for (let f = 0; f < lot.funders.length; f++) {
      const cents = lot.remaining[f] as number;
      if (cents > 0) draft.movements.push(["pe", "ac", lot.seq, lot.part, lot.funders[f] as string, null, cents]);
    }
  }
  recoverArrears(draft);
  recordOperation(
    draft,
    {
      ...command.header,
      kind: "release",
      partner: command.partner,
      occurredAt: command.at,
      businessDay: draft.context.calendar.dayOf(command.at),
      citesSeq: command.seq,
    },
    (after) => command.body(after, releasedCents),
  );
  return releasedCents;
}
