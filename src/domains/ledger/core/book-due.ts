import { type Draft, lotKey, moveInLot, recordOperation, setHold, sumsOf, touchLot } from "./draft.ts";
import { hasRemaining, nextChange } from "./order.ts";
import { recoverArrears } from "./recover.ts";
import { releaseHeld } from "./release-held.ts";
import { arrearsOf, type Hold, type Lot } from "./wallet.ts";

/**
 * Books what time has done since the last operation, in order of time: activations (movements at the head of the
 * next operation), time-outs of holds and expiries (operations of their own, at their own instant). After it the
 * draft is what a reader at `now` should see. Cheap when nothing is due.
 */
export function bookDue(draft: Draft): void {
  if (draft.before.nextChangeAt > draft.context.now && draft.operations.length === 0) return;
  for (;;) {
    const at = nextChange(draft.lots, draft.holds);
    if (at > draft.context.now) break;
    draft.asOf = at;
    if (activate(draft, at)) recoverArrears(draft);
    else if (!timeOutHold(draft, at)) expire(draft, at);
  }
  draft.asOf = draft.context.now;
}

/**
 * Books what is due without waiting for a next operation, so that a month's expiries and recoveries are in it before it
 * closes: trailing activations get an operation of their own.
 */
export function sweep(draft: Draft): void {
  bookDue(draft);
  if (draft.movements.length === 0) return;
  const at = draft.lots.reduce(
    (latest, lot) =>
      lot.isActive && lot.availableAt <= draft.context.now ? Math.max(latest, lot.availableAt) : latest,
    0,
  );
  recordOperation(
    draft,
    {
      kind: "activation",
      partner: draft.context.operator,
      occurredAt: at,
      businessDay: draft.context.calendar.dayOf(at),
    },
    walletBody,
  );
}

function activate(draft: Draft, at: number): boolean {
  let any = false;
  for (let i = 0; i < draft.lots.length; i++) {
    const lot = draft.lots[i] as Lot;
    if (lot.isActive || lot.availableAt > at) continue;
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
