import type { Replay, ReplayedOperation } from "./replay.ts";
import { lotFromRow, type StateFacts } from "./state-facts.ts";

const OF_MEMBER = new Set(["pe", "ac", "he"]);

/**
 * Applies a merge, an unmerge or an erasure: it carries the rows it leaves. That they follow from its movements is checked,
 * lot by lot and creditor by creditor; a row that differs without a movement is a fault.
 */
export function replayState(replay: Replay, operation: ReplayedOperation, state: StateFacts): void {
  checkLots(replay, operation, state);
  checkDebts(replay, operation, state);
  for (const row of state.lots) {
    const { funders, amount, remaining, held, spent, expired, takenBack, ...rest } = lotFromRow(row);
    replay.lots.set(rest.seq * 64 + rest.part, {
      ...rest,
      funders: [...funders],
      amount: [...amount],
      remaining: [...remaining],
      held: [...held],
      spent: [...spent],
      expired: [...expired],
      takenBack: [...takenBack],
    });
  }
  for (const [seq, partner, holdState, placedAt, expiresAt, items] of state.holds) {
    replay.holds.set(seq, { seq, partner, state: holdState, placedAt, expiresAt, items: [...items] });
  }
  for (const [seq, returned] of state.returned) replay.returned.set(seq, returned);
  replay.debts.length = 0;
  for (const [funder, cents, sinceSeq] of state.debts) replay.debts.push({ funder, cents, sinceSeq });
  replay.capUse = new Map(state.caps.map(([key, used, untilDay]) => [key, [used, untilDay]]));
  replay.firstPurchaseAt.clear();
  for (const [partner, at] of state.firsts) replay.firstPurchaseAt.set(partner, at);
  replay.status = state.status;
  replay.mergedInto = state.status === "merged" ? state.with : undefined;
}

function checkLots(replay: Replay, operation: ReplayedOperation, state: StateFacts): void {
  const moved = new Map<string, number>();
  const add = (key: string, cents: number): void => void moved.set(key, (moved.get(key) ?? 0) + cents);
  for (const [from, to, seq, part, funder, , cents] of operation.movements) {
    if (!(cents > 0)) replay.faults.push(`operation ${operation.seq} moves ${cents}`);
    if (OF_MEMBER.has(to)) add(`${seq}/${part} ${funder}`, cents);
    if (OF_MEMBER.has(from)) add(`${seq}/${part} ${funder}`, -cents);
  }
  for (const row of state.lots) {
    const lot = lotFromRow(row);
    const before = replay.lots.get(lot.seq * 64 + lot.part);
    for (const [f, funder] of lot.funders.entries()) {
      const b = before?.funders.indexOf(funder) ?? -1;
      const had = b < 0 ? 0 : (before?.remaining[b] as number) + (before?.held[b] as number);
      add(`${lot.seq}/${lot.part} ${funder}`, had - (lot.remaining[f] as number) - (lot.held[f] as number));
    }
  }
  for (const [lot, cents] of moved) {
    if (cents !== 0) replay.faults.push(`operation ${operation.seq} leaves lot ${lot} with ${cents} that did not move`);
  }
}

function checkDebts(replay: Replay, operation: ReplayedOperation, state: StateFacts): void {
  const owed = new Map<string, number>();
  const add = (funder: string, cents: number): void => void owed.set(funder, (owed.get(funder) ?? 0) + cents);
  for (const debt of replay.debts) add(debt.funder, debt.cents);
  for (const [from, to, , , funder, , cents] of operation.movements) {
    if (from === "ar") add(funder, cents);
    if (to === "ar") add(funder, -cents);
  }
  for (const [funder, cents] of state.debts) add(funder, -cents);
  for (const [funder, cents] of owed) {
    if (cents !== 0) replay.faults.push(`operation ${operation.seq} leaves ${cents} owed to ${funder} unexplained`);
  }
}
