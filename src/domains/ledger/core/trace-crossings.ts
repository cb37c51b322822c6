import type { MemberId, PartnerId } from "#kernel/ids.ts";
import { invariant } from "#kernel/invariant.ts";
import type { PointsCents } from "#kernel/money.ts";
import type { Movement, OperationFacts, OperationKind } from "./operation.ts";

/** Which of two members that were one: the survivor that stays, or the one that goes. */
export type Side = "stays" | "goes";

/** A survivor's operation as far as taking apart needs it; the first is the merge itself. */
export type HistoryOperation = {
  readonly seq: number;
  readonly kind: OperationKind;
  readonly partner: PartnerId;
  readonly occurredAt: number;
  readonly movements: readonly Movement[];
  readonly facts: OperationFacts | null;
  readonly citesSeq?: number | undefined;
};

/** One side spent a lot of the other. */
export type CrossingSpend = {
  readonly lotSeq: number;
  readonly part: number;
  readonly funder: PartnerId;
  /** Where; null when it was given to another member of the household. */
  readonly redeemer: PartnerId | null;
  readonly spender: Side;
  readonly cents: PointsCents;
};

/** A lot of one side paid the other's debt. */
export type CrossingRecovery = {
  readonly lotSeq: number;
  readonly part: number;
  readonly funder: PartnerId;
  readonly creditor: PartnerId;
  readonly cents: PointsCents;
  readonly debtor: Side;
  readonly sinceSeq: number;
};

export type Crossings = {
  readonly spends: readonly CrossingSpend[];
  readonly recoveries: readonly CrossingRecovery[];
  readonly sideOf: (seq: number) => Side;
  /** Numbers after the merge that were made with an identifier of a member merged into the one that goes. */
  readonly made: readonly (readonly [number, MemberId])[];
};

type OpenDebt = { funder: PartnerId; cents: PointsCents; sinceSeq: number; side: Side };

/**
 * Walks over what happened since two members became one, and finds where one lived on the other's points. An operation is
 * of the side whose identifier it was made with, a lot of the side whose operation began it, a debt likewise.
 */
export function traceCrossings(
  history: readonly HistoryOperation[],
  members: ReadonlySet<MemberId>,
  goes: MemberId,
): Crossings {
  const merge = history[0];
  const state = merge?.facts?.state;
  invariant(merge?.kind === "merge" && state?.base !== undefined && state.count !== undefined, "begins with a merge");
  const [first, last] = [state.base + 1, state.base + state.count];
  const goneSeqs = new Set<number>();
  const sideOf = (seq: number): Side => ((seq >= first && seq <= last) || goneSeqs.has(seq) ? "goes" : "stays");
  const debts: OpenDebt[] = [];
  for (const [funder, cents, sinceSeq] of state.own?.debts ?? [])
    debts.push({ funder, cents, sinceSeq, side: "stays" });
  const spends = new Map<string, CrossingSpend>();
  const recoveries: CrossingRecovery[] = [];
  const made: [number, MemberId][] = [];
  for (const operation of history) {
    const via = operation.facts?.via;
    // A return, a capture or a void is of the side of what it cites.
    const cited = operation.citesSeq === undefined ? "stays" : sideOf(operation.citesSeq);
    const side: Side = via !== undefined && members.has(via) ? "goes" : cited;
    if (side === "goes") {
      goneSeqs.add(operation.seq);
      if (via !== undefined && via !== goes) made.push([operation.seq, via]);
    }
    if (operation.kind === "unmerge") {
      keepListed(debts, operation.facts?.state?.debts ?? []);
      continue;
    }
    const joinedSide: Side = operation === merge ? "goes" : "stays";
    for (const [funder, cents, sinceSeq] of operation.facts?.state?.joined?.debts ?? []) {
      debts.push({ funder, cents, sinceSeq, side: joinedSide });
    }
    // What the survivor's own lists know already is not walked again.
    const since = operation === merge ? (state.waiting ?? 0) : 0;
    const { movements, ...rest } = operation;
    walkMovements({ ...rest, movements: movements.slice(since) }, side, { sideOf, debts, spends, recoveries });
  }
  return { spends: [...spends.values()].filter((spend) => spend.cents > 0), recoveries, sideOf, made };
}

type Trace = {
  readonly sideOf: (seq: number) => Side;
  readonly debts: OpenDebt[];
  readonly spends: Map<string, CrossingSpend>;
  readonly recoveries: CrossingRecovery[];
};

function walkMovements(operation: HistoryOperation, side: Side, trace: Trace): void {
  const { movements } = operation;
  const isRecovery = new Set<number>();
  const owed = new Map<PartnerId, PointsCents>();
  const settleOwed = (): void => {
    for (const funder of [...owed.keys()].sort()) {
      trace.debts.push({ funder, cents: owed.get(funder) as number, sinceSeq: operation.seq, side });
    }
    owed.clear();
  };
  for (let i = 0; i < movements.length; i++) {
    const [from, to, , , funder, , cents] = movements[i] as Movement;
    if (from === "ar" && to === "ob") owed.set(funder, (owed.get(funder) ?? 0) + cents);
    if (from !== "ob" || to !== "ar") continue;
    // A debt is paid by a run of draws and as long a run of payments after it.
    settleOwed();
    let end = i;
    while (movements[end]?.[0] === "ob" && movements[end]?.[1] === "ar") end++;
    const draws = movements.slice(2 * i - end, i);
    for (let d = 2 * i - end; d < i; d++) isRecovery.add(d);
    payOldest(trace, draws);
    i = end - 1;
  }
  settleOwed();
  for (let i = 0; i < movements.length; i++) {
    if (!isRecovery.has(i)) noteSpend(trace, movements[i] as Movement, side, operation.kind);
  }
}

function payOldest(trace: Trace, draws: readonly Movement[]): void {
  const debt = trace.debts[0];
  invariant(debt, "a payment has a debt");
  for (const [, , lotSeq, part, funder, creditor, cents] of draws) {
    invariant(creditor === debt.funder && cents <= debt.cents, "the oldest debt is paid first");
    debt.cents -= cents;
    if (trace.sideOf(lotSeq) === debt.side) continue;
    trace.recoveries.push({ lotSeq, part, funder, creditor, cents, debtor: debt.side, sinceSeq: debt.sinceSeq });
  }
  if (debt.cents === 0) trace.debts.shift();
}

/** What a return or an undone transfer gave back of a spend is no longer spent. */
function noteSpend(trace: Trace, movement: Movement, side: Side, kind: OperationKind): void {
  const [from, to, lotSeq, part, funder, redeemer, cents] = movement;
  const away = kind === "transfer" ? "mv" : "re";
  const isBack = from === away;
  if ((to !== away && !isBack) || (redeemer === null && away === "re") || trace.sideOf(lotSeq) === side) return;
  const key = JSON.stringify([lotSeq, part, funder, redeemer, side]);
  const known = trace.spends.get(key)?.cents ?? 0;
  const after = known + (isBack ? -cents : cents);
  trace.spends.set(key, { lotSeq, part, funder, redeemer, spender: side, cents: after });
}

/** Another member was taken apart meanwhile: its debts went, or came back to the list. */
function keepListed(debts: OpenDebt[], listed: readonly (readonly [PartnerId, PointsCents, number])[]): void {
  const known = new Map(debts.map((debt) => [`${debt.sinceSeq} ${debt.funder}`, debt.side]));
  debts.length = 0;
  for (const [funder, cents, sinceSeq] of listed) {
    debts.push({ funder, cents, sinceSeq, side: known.get(`${sinceSeq} ${funder}`) ?? "stays" });
  }
}
