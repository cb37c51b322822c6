import { invariant } from "#kernel/invariant.ts";
import type { Calendar } from "#kernel/time.ts";
import { mergeCapUse } from "./draft.ts";
import type { Account, Movement, OperationFacts, OperationKind, ReturnedState } from "./operation.ts";
import { nextChange } from "./order.ts";
import { replayState } from "./replay-state.ts";
import { type CapUse, type HoldState, type Lot, type LotShare, NEVER } from "./wallet.ts";

/** An operation as far as the projections depend on it. */
export type ReplayedOperation = {
  readonly seq: number;
  readonly kind: OperationKind;
  readonly partner: string;
  readonly occurredAt: number;
  readonly postedAt: number;
  readonly citesSeq: number | null;
  readonly movements: readonly Movement[];
  readonly facts: OperationFacts | null;
};

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };
type ReplayedLot = Mutable<Lot>;
type ReplayedHold = {
  seq: number;
  partner: string;
  state: HoldState;
  placedAt: number;
  expiresAt: number;
  items: LotShare[];
};
type ReplayedDebt = { funder: string; cents: number; sinceSeq: number };

/** A member's projections, rebuilt from the stream alone, by code that shares nothing with what wrote them. */
export type Replay = {
  seq: number;
  status: "open" | "merged" | "erased";
  mergedInto: number | undefined;
  readonly lots: Map<number, ReplayedLot>;
  readonly holds: Map<number, ReplayedHold>;
  readonly debts: ReplayedDebt[];
  readonly firstPurchaseAt: Map<string, number>;
  readonly returned: Map<number, ReturnedState>;
  capUse: ReadonlyMap<string, CapUse>;
  /** What broke a truth of the ledger, in words. */
  readonly faults: string[];
};

export function newReplay(): Replay {
  return {
    seq: 0,
    status: "open",
    mergedInto: undefined,
    lots: new Map(),
    holds: new Map(),
    debts: [],
    firstPurchaseAt: new Map(),
    returned: new Map(),
    capUse: new Map(),
    faults: [],
  };
}

/** Applies the next operation of the stream. */
export function replayOperation(replay: Replay, operation: ReplayedOperation, calendar: Calendar): void {
  const facts = operation.facts;
  // A merge leaves room for the numbers that it takes over.
  const follows = facts?.state ? operation.seq > replay.seq : operation.seq === replay.seq + 1;
  if (!follows) replay.faults.push(`operation ${operation.seq} follows ${replay.seq}`);
  replay.seq = operation.seq;
  if (facts?.state) {
    replayState(replay, operation, facts.state);
    return;
  }
  if (facts?.lots) for (const lot of facts.lots) beginLot(replay, operation.seq, lot);
  if (facts?.available) for (const each of facts.available) setAvailable(replay, operation.seq, each);
  const owed = new Map<string, number>();
  const held: LotShare[] = [];
  for (const movement of operation.movements) applyMovement(replay, operation, movement, owed, held);
  beginDebts(replay, operation, owed);
  applyHold(replay, operation, held);
  if (facts?.caps) replay.capUse = mergeCapUse(replay.capUse, facts.caps, calendar.dayOf(operation.postedAt));
  if (facts?.returned) replay.returned.set(facts.returned[0], facts.returned[1]);
  if (operation.kind === "purchase") {
    const known = replay.firstPurchaseAt.get(operation.partner);
    if (known === undefined || operation.occurredAt < known) {
      replay.firstPurchaseAt.set(operation.partner, operation.occurredAt);
    }
  }
}

function beginLot(replay: Replay, seq: number, lot: NonNullable<OperationFacts["lots"]>[number]): void {
  const [part, earnedAt, availableAt, expiresAt] = lot;
  replay.lots.set(seq * 64 + part, {
    seq,
    part,
    earnedAt,
    availableAt,
    expiresAt: expiresAt ?? NEVER,
    isActive: false,
    funders: [],
    amount: [],
    remaining: [],
    held: [],
    spent: [],
    expired: [],
    takenBack: [],
  });
}

function setAvailable(
  replay: Replay,
  seq: number,
  [lotSeq, part, availableAt]: readonly [number, number, number],
): void {
  const lot = replay.lots.get(lotSeq * 64 + part);
  if (lot) lot.availableAt = availableAt;
  else replay.faults.push(`operation ${seq} lets lot ${lotSeq}/${part} go, which was never begun`);
}

const COLUMN: Record<Account, "remaining" | "held" | "spent" | "expired" | "takenBack" | undefined> = {
  pe: "remaining",
  ac: "remaining",
  he: "held",
  re: "spent",
  ex: "expired",
  ob: "takenBack",
  ar: undefined,
  mv: "spent",
};

function applyMovement(
  replay: Replay,
  operation: ReplayedOperation,
  movement: Movement,
  owed: Map<string, number>,
  held: LotShare[],
): void {
  const [from, to, lotSeq, part, funder, , cents] = movement;
  if (!(cents > 0)) replay.faults.push(`operation ${operation.seq} moves ${cents}`);
  if (from === "ar") {
    owed.set(funder, (owed.get(funder) ?? 0) + cents);
    return;
  }
  if (to === "ar") {
    // A debt may be paid by the operation that made it.
    beginDebts(replay, operation, owed);
    payDebt(replay, operation, funder, cents);
    return;
  }
  const lot = replay.lots.get(lotSeq * 64 + part);
  if (!lot) {
    replay.faults.push(`operation ${operation.seq} moves points of lot ${lotSeq}/${part}, which was never begun`);
    return;
  }
  if ((from === "ob" || from === "mv") && lotSeq === operation.seq && !lot.funders.includes(funder)) {
    lot.isActive = to === "ac";
    lot.funders.push(funder);
    lot.amount.push(cents);
    lot.remaining.push(cents);
    for (const column of ["held", "spent", "expired", "takenBack"] as const) lot[column].push(0);
    return;
  }
  const index = lot.funders.indexOf(funder);
  const source = COLUMN[from];
  const target = COLUMN[to];
  if (index < 0 || !source || !target) {
    replay.faults.push(
      `operation ${operation.seq} moves ${from} to ${to} of a funder that lot ${lotSeq}/${part} lacks`,
    );
    return;
  }
  if (from === "pe" && to === "ac") lot.isActive = true;
  else if ((from === "ac") !== lot.isActive && source === "remaining") {
    replay.faults.push(
      `operation ${operation.seq} moves ${from} of a lot that is ${lot.isActive ? "active" : "pending"}`,
    );
  }
  lot[source][index] = (lot[source][index] as number) - cents;
  lot[target][index] = (lot[target][index] as number) + cents;
  if ((lot[source][index] as number) < 0) {
    replay.faults.push(`operation ${operation.seq} takes more ${source} of lot ${lotSeq}/${part} than there is`);
  }
  if (to === "he") held.push([lotSeq, part, funder, cents]);
}

/** What one operation leaves owed to one funder is one debt; debts of one operation stand in the order of funders. */
function beginDebts(replay: Replay, operation: ReplayedOperation, owed: Map<string, number>): void {
  for (const funder of [...owed.keys()].sort()) {
    replay.debts.push({ funder, cents: owed.get(funder) as number, sinceSeq: operation.seq });
  }
  owed.clear();
}

/** Arrears are paid oldest first. */
function payDebt(replay: Replay, operation: ReplayedOperation, funder: string, cents: number): void {
  const debt = replay.debts[0];
  if (!debt || debt.funder !== funder || debt.cents < cents) {
    replay.faults.push(`operation ${operation.seq} pays ${cents} to ${funder}, to whom no such debt is the oldest`);
    return;
  }
  debt.cents -= cents;
  if (debt.cents === 0) replay.debts.shift();
}

const ENDS: Partial<Record<OperationKind, HoldState>> = {
  capture: "captured",
  purchase: "captured",
  void: "voided",
  "hold-timeout": "timed-out",
};

function applyHold(replay: Replay, operation: ReplayedOperation, items: LotShare[]): void {
  if (operation.kind === "hold") {
    invariant(operation.facts?.hold !== undefined, "a hold says when it ends");
    replay.holds.set(operation.seq, {
      seq: operation.seq,
      partner: operation.partner,
      state: "open",
      placedAt: operation.occurredAt,
      expiresAt: operation.facts.hold,
      items,
    });
    return;
  }
  const state = ENDS[operation.kind];
  if (!state || operation.citesSeq === null) return;
  const hold = replay.holds.get(operation.citesSeq);
  if (hold?.state !== "open") {
    replay.faults.push(`operation ${operation.seq} ends hold ${operation.citesSeq}, which is not open`);
    return;
  }
  hold.state = state;
}

/** What the wallet row must say. */
export function walletOf(replay: Replay) {
  let active = 0;
  let pending = 0;
  let held = 0;
  for (const lot of replay.lots.values()) {
    for (let f = 0; f < lot.funders.length; f++) {
      if (lot.isActive) active += lot.remaining[f] as number;
      else pending += lot.remaining[f] as number;
      held += lot.held[f] as number;
    }
  }
  const openHolds = [...replay.holds.values()].filter((hold) => hold.state === "open");
  const next = nextChange([...replay.lots.values()], openHolds);
  return { active, pending, held, next };
}
