import type { EpochMs } from "#kernel/time.ts";
import { type Draft, lotKey, moveInLot, recordOperation, setHold, sumsOf, touchLot } from "./draft.ts";
import { hasRemaining, nextChange, willActivate } from "./order.ts";
import { recoverArrears } from "./recover.ts";
import { releaseHeld } from "./release-held.ts";
import { arrearsOf, type Hold, type Lot, NEVER } from "./wallet.ts";

/**
 * Books what time has done since the last operation, in order of time: activations (movements at the head of the
 * next operation), time-outs of holds and expiries (operations of their own, at their own instant). After it the
 * draft is what a reader at `now` should see. Cheap when nothing is due.
 */
export function bookDue(draft: Draft, until: EpochMs = draft.context.now): void {
  if (draft.before.nextChangeAt > until && draft.operations.length === 0) return;
  for (;;) {
    const at = nextChange(draft.lots, draft.holds);
    if (at > until) break;
    draft.asOf = at;
    if (activate(draft, at)) recoverArrears(draft);
    else if (!timeOutHold(draft, at)) expire(draft, at);
  }
  draft.asOf = draft.context.now;
}

/**
 * Books time-outs and expiries without waiting for a next operation, so that a month has its own before it closes.
 * Activations after the last of them stay for the next operation.
 */
export function sweep(draft: Draft): void {
  for (;;) {
    let due = NEVER;
    for (const lot of draft.lots) if (lot.expiresAt < due && hasRemaining(lot)) due = lot.expiresAt;
    for (const hold of draft.holds) if (hold.expiresAt < due) due = hold.expiresAt;
    if (due > draft.context.now) return;
    bookDue(draft, due);
  }
}

function activate(draft: Draft, at: number): boolean {
  let any = false;
  for (let i = 0; i < draft.lots.length; i++) {
    const lot = draft.lots[i] as Lot;
    if (!willActivate(lot) || lot.availableAt > at || !hasRemaining(lot)) continue;
    draft.lots[i] = { ...lot, isActive: true };
    touchLot(draft, lot);
    any = true;
    for (let f = 0; f < lot.funders.length; f++) {
      const cents = lot.remaining[f] as number;
      if (cents > 0) draft.movements.push(["pe", "ac", lot.seq, lot.part, lot.funders[f] as string, null, cents]);
    }
  }
  return any;
}

function timeOutHold(draft: Draft, at: number): boolean {
  const hold = draft.holds.find((candidate) => candidate.expiresAt <= at);
  if (!hold) return false;
  releaseHeld(draft, hold.items, at);
  setHold(draft, { ...hold, state: "timed-out" });
  recoverArrears(draft);
  recordOperation(
    draft,
    {
      kind: "hold-timeout",
      partner: hold.partner,
      occurredAt: at,
      businessDay: draft.context.calendar.dayOf(at - 1),
      citesSeq: hold.seq,
    },
    walletBody,
  );
  return true;
}

/** All lots whose time is up at this instant expire in one operation, on the business day that has just ended. */
function expire(draft: Draft, at: number): void {
  const due = draft.lots.filter((lot) => lot.expiresAt <= at && hasRemaining(lot)).map(lotKey);
  for (let i = 0; i < draft.lots.length; i++) {
    const lot = draft.lots[i] as Lot;
    if (!due.includes(lotKey(lot))) continue;
    for (let f = 0; f < lot.funders.length; f++) {
      const cents = lot.remaining[f] as number;
      if (cents > 0) moveInLot(draft, i, f, lot.isActive ? "ac" : "pe", "ex", cents);
    }
  }
  recordOperation(
    draft,
    {
      kind: "expiry",
      partner: draft.context.operator,
      occurredAt: at,
      businessDay: draft.context.calendar.dayOf(at - 1),
    },
    walletBody,
  );
}

/** The body of an operation that carries nothing but its movements and the sums after it. */
export function walletBody(draft: Draft): string {
  return JSON.stringify({ v: 1, wallet: walletAfter(draft) });
}

export function walletAfter(draft: {
  readonly lots: readonly Lot[];
  readonly debts: Draft["debts"];
  readonly holds: readonly Hold[];
}) {
  return { ...sumsOf(draft.lots), arrearsCents: arrearsOf(draft) };
}
