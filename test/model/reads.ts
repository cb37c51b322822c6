import { type Day, type Month, monthOf } from "#kernel/time.ts";
import { activeOf } from "./consumption.ts";
import { compareIds, sum } from "./split.ts";
import type { Member, Movement, Operation, Wallet } from "./types.ts";

export function walletOf(member: Member): Wallet {
  return {
    activeCents: sum(member.entries.map(activeOf)),
    pendingCents: sum(member.entries.map((entry) => (entry.active ? 0 : entry.remaining))),
    heldCents: sum(member.entries.map((entry) => entry.held)),
    arrearsCents: sum(member.debts.map((debt) => debt.cents)),
  };
}

export type MatrixCell = { readonly funder: string; readonly redeemer: string; readonly cents: number };

/** Who owes whom for a month: what was redeemed less what came back, by accounting day. Cells of zero are left out. */
export function settlementMatrix(
  operations: Iterable<{ accountingDay: Day; movements: readonly Movement[] }>,
  month: Month,
): MatrixCell[] {
  const cells = new Map<string, MatrixCell>();
  for (const operation of operations) {
    if (monthOf(operation.accountingDay) !== month) continue;
    for (const [from, to, , , funder, redeemer, cents] of operation.movements) {
      if (from !== "re" && to !== "re") continue;
      if (redeemer === null) throw new Error("a redemption without a redeemer");
      const key = `${funder} ${redeemer}`;
      const signed = (to === "re" ? cents : 0) - (from === "re" ? cents : 0);
      cells.set(key, { funder, redeemer, cents: (cells.get(key)?.cents ?? 0) + signed });
    }
  }
  return [...cells.values()]
    .filter((cell) => cell.cents !== 0)
    .sort((a, b) => compareIds(a.funder, b.funder) || compareIds(a.redeemer, b.redeemer));
}

/**
 * Movements as a set that can be compared: what two writers may order or merge differently is put in one order and
 * summed. The order that the decision fixes (activations first, recoveries last) is checked apart.
 */
export function canonicalMovements(movements: readonly Movement[]): string[] {
  const totals = new Map<string, number>();
  for (const [from, to, seq, part, funder, redeemer, cents] of movements) {
    const key = `${from}>${to} ${seq}.${part} ${funder} ${redeemer ?? "-"}`;
    totals.set(key, (totals.get(key) ?? 0) + cents);
  }
  return [...totals].map(([key, cents]) => `${key} ${cents}`).sort();
}

export function describeOperation(operation: Operation): string {
  return `${operation.seq} ${operation.kind} ${canonicalMovements(operation.movements).join("; ")}`;
}
