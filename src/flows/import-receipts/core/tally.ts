import type { Position } from "./receipts-sql.ts";

/** What an import has done so far, as it is saved with its position. */
export type Tally = {
  position: Position | undefined;
  rowsAccepted: number;
  rowsRefused: number;
  refusedBytes: number;
  readonly counters: Counters;
};

export type Counters = {
  receipts: number;
  receiptsRefused: number;
  turnoverKopecks: number;
  earnedCents: number;
  spentCents: number;
  /** Refused rows by reason. */
  reasons: Record<string, number>;
};

export function newTally(): Tally {
  return {
    position: undefined,
    rowsAccepted: 0,
    rowsRefused: 0,
    refusedBytes: 0,
    counters: { receipts: 0, receiptsRefused: 0, turnoverKopecks: 0, earnedCents: 0, spentCents: 0, reasons: {} },
  };
}

export function tallyAccepted(
  tally: Tally,
  rows: number,
  receipt: { readonly turnoverKopecks: number; readonly earned: number; readonly spent: number },
): void {
  tally.rowsAccepted += rows;
  tally.counters.receipts += 1;
  tally.counters.turnoverKopecks += receipt.turnoverKopecks;
  tally.counters.earnedCents += receipt.earned;
  tally.counters.spentCents += receipt.spent;
}

export function tallyRefused(tally: Tally, rows: number, reason: string): void {
  tally.rowsRefused += rows;
  tally.counters.reasons[reason] = (tally.counters.reasons[reason] ?? 0) + rows;
}
