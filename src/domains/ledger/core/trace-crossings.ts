import type { MemberId, PartnerId } from "#kernel/ids.ts";
import { invariant } from "#kernel/invariant.ts";
import type { PointsCents } from "#kernel/money.ts";
import type { Movement, OperationFacts, OperationKind } from "./operation.ts";
import type { DebtRow, Lived, MadeRow, RecoveryRow, SpendRow, StateFacts } from "./state-facts.ts";

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
  /** What the one that goes and those merged into it did since: for the day when one of those is taken out of it. */
  readonly lived: Lived;
};

type OpenDebt = { funder: PartnerId; cents: PointsCents; sinceSeq: number };

type Trace = {
  readonly sideOf: (seq: number) => Side;
  /** Gives the operation a side: of the identifier it was made with, else of what it cites. */
  readonly take: (seq: number, via: MemberId, cites: number) => void;
  readonly debts: OpenDebt[];
  readonly spends: Map<string, CrossingSpend>;
  readonly recoveries: Map<string, CrossingRecovery>;
  readonly lived: { readonly made: MadeRow[]; readonly spends: SpendRow[]; readonly recoveries: RecoveryRow[] };
};

/**
 * Walks over what happened since two members became one, and finds where one lived on the other's points. An operation is
 * of the side whose identifier it was made with (a return, a capture or a void of the side of what it cites), a lot of the
 * side whose operation began it, a debt likewise.
 */
export function traceCrossings(
  history: readonly HistoryOperation[],
  members: ReadonlySet<MemberId>,
  goes: MemberId,
): Crossings {
  const merge = history[0];
  const state = merge?.facts?.state;
  invariant(merge?.kind === "merge" && state?.base !== undefined && state.count !== undefined, "begins with a merge");
  const trace = startTrace(state.base, state.count, members, goes);
  listDebts(trace, state.own?.debts ?? []);
  for (const operation of history) {
    trace.take(operation.seq, operation.facts?.via ?? 0, operation.citesSeq ?? 0);
    if (operation.kind === "unmerge" && operation.facts?.state) walkUnmerge(trace, operation, operation.facts.state);
    else {
      listDebts(trace, operation.facts?.state?.joined?.debts ?? []);
      // What the survivor's own lists know already is not walked again.
      walkMovements(trace, operation, operation === merge ? (state.waiting ?? 0) : 0);
    }
  }
  const [spends, recoveries] = [trace.spends, trace.recoveries].map((each) => [...each.values()].filter(isLeft));
  return {
    spends: spends as CrossingSpend[],
    recoveries: recoveries as CrossingRecovery[],
    sideOf: trace.sideOf,
    lived: trace.lived,
  };
}

const isLeft = ({ cents }: { readonly cents: PointsCents }): boolean => cents > 0;

function startTrace(base: number, count: number, members: ReadonlySet<MemberId>, goes: MemberId): Trace {
  const goneSeqs = new Set<number>();
  const sideOf = (seq: number): Side => ((seq > base && seq <= base + count) || goneSeqs.has(seq) ? "goes" : "stays");
  const lived: Trace["lived"] = { made: [], spends: [], recoveries: [] };
  const take = (seq: number, via: MemberId, cites: number): void => {
    if (!members.has(via) && sideOf(cites) === "stays") return;
    goneSeqs.add(seq);
    if (members.size > 1 && (via !== goes || cites > 0)) lived.made.push([seq, via, cites]);
  };
  return { sideOf, take, debts: [], spends: new Map(), recoveries: new Map(), lived };
}

function listDebts(trace: Trace, listed: readonly DebtRow[]): void {
  for (const [funder, cents, sinceSeq] of listed) trace.debts.push({ funder, cents, sinceSeq });
}

/**
 * Another member was taken out meanwhile, or this stream's own member was taken out of another: what was across then has
 * been settled, what sub-members did elsewhere is known by its facts, and the list of debts is another.
 */
function walkUnmerge(trace: Trace, operation: HistoryOperation, state: StateFacts): void {
  const { waiting = 0, settled = operation.movements.length, undone, lived } = state;
  walkMovements(trace, operation, 0, waiting);
  for (const row of lived?.made ?? []) trace.take(...row);
  for (const row of lived?.spends ?? []) noteSpend(trace, row);
  for (const row of lived?.recoveries ?? []) noteRecovery(trace, row);
  for (const [lotSeq, part, funder, redeemer, cents] of undone?.spends ?? []) {
    noteSpend(trace, [operation.seq, lotSeq, part, funder, redeemer, -cents]);
  }
  for (const [lotSeq, part, funder, creditor, sinceSeq, cents] of undone?.recoveries ?? []) {
    noteRecovery(trace, [lotSeq, part, funder, creditor, sinceSeq, -cents]);
  }
  trace.debts.length = 0;
  listDebts(trace, state.owing ?? state.debts);
  walkMovements(trace, operation, settled);
}

function walkMovements(trace: Trace, operation: HistoryOperation, from: number, until?: number): void {
  const movements = operation.movements.slice(from, until);
  const isRecovery = new Set<number>();
  const owed = new Map<PartnerId, PointsCents>();
  const settleOwed = (): void => {
    for (const funder of [...owed.keys()].sort()) {
      trace.debts.push({ funder, cents: owed.get(funder) as number, sinceSeq: operation.seq });
    }
    owed.clear();
  };
  for (let i = 0; i < movements.length; i++) {
    const [source, target, , , funder, , cents] = movements[i] as Movement;
    if (source === "ar" && target === "ob") owed.set(funder, (owed.get(funder) ?? 0) + cents);
    if (source !== "ob" || target !== "ar") continue;
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
  const away = operation.kind === "transfer" ? "mv" : "re";
  for (let i = 0; i < movements.length; i++) {
    const [source, target, lotSeq, part, funder, redeemer, cents] = movements[i] as Movement;
    if (isRecovery.has(i) || (source !== away && target !== away) || (redeemer === null && away === "re")) continue;
    // What a return or an undone transfer gave back of a spend is no longer spent.
    noteSpend(trace, [operation.seq, lotSeq, part, funder, redeemer, source === away ? -cents : cents]);
  }
}

function payOldest(trace: Trace, draws: readonly Movement[]): void {
  const debt = trace.debts[0];
  invariant(debt, "a payment has a debt");
  for (const [, , lotSeq, part, funder, creditor, cents] of draws) {
    invariant(creditor === debt.funder && cents <= debt.cents, "the oldest debt is paid first");
    debt.cents -= cents;
    noteRecovery(trace, [lotSeq, part, funder, creditor, debt.sinceSeq, cents]);
  }
  if (debt.cents === 0) trace.debts.shift();
}

function noteRecovery({ sideOf, recoveries, lived }: Trace, row: RecoveryRow): void {
  const [lotSeq, part, funder, creditor, sinceSeq, cents] = row;
  const debtor = sideOf(sinceSeq);
  if (debtor === "goes" && sideOf(lotSeq) === "goes") lived.recoveries.push(row);
  if (sideOf(lotSeq) === debtor) return;
  const key = JSON.stringify([lotSeq, part, funder, creditor, sinceSeq]);
  const known = recoveries.get(key)?.cents ?? 0;
  recoveries.set(key, { lotSeq, part, funder, creditor, debtor, sinceSeq, cents: known + cents });
}

function noteSpend({ sideOf, spends, lived }: Trace, row: SpendRow): void {
  const [bySeq, lotSeq, part, funder, redeemer, cents] = row;
  const spender = sideOf(bySeq);
  if (spender === "goes") lived.spends.push(row);
  if (sideOf(lotSeq) === spender) return;
  const key = JSON.stringify([lotSeq, part, funder, redeemer, spender]);
  const known = spends.get(key)?.cents ?? 0;
  spends.set(key, { lotSeq, part, funder, redeemer, spender, cents: known + cents });
}
