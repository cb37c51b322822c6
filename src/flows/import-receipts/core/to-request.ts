import type { ReceiptRequest } from "#flows/checkout/index.ts";
import type { ImportMapping } from "./mapping.ts";

/** A receipt as the staged query gives it; 64-bit integers come as text. */
export type RowReceipt = {
  readonly number: string;
  readonly partner: string;
  readonly store: string;
  readonly member: string | null;
  readonly at_ms: string;
  readonly visit: string;
  /** [row of the file, category, kopecks, quantity] */
  readonly lines: readonly (readonly [string, string, string, number | null])[];
};

export function toRequest(mapping: ImportMapping, row: RowReceipt): ReceiptRequest {
  const { member, receipt, spend } = mapping;
  const isSpendingVisit = spend !== undefined && Number(row.visit) % spend.everyVisits === 0;
  return {
    receipt: {
      partner: row.partner,
      store: row.store,
      till: receipt.till ?? "import",
      number: row.number,
      at: Number(row.at_ms),
      ...(receipt.channel === undefined ? {} : { channel: receipt.channel }),
      lines: row.lines.map(([, category, kopecks, quantity]) => ({
        category,
        amountKopecks: Number(kopecks),
        ...(quantity === null ? {} : { quantity }),
      })),
      deliveryFeeKopecks: 0,
      tenders: [],
      spendCents: 0,
    },
    ...(member && row.member !== null ? { member: { by: "identifier", kind: member.kind, value: row.member } } : {}),
    ...(isSpendingVisit && row.member !== null ? { spendAll: true } : {}),
  };
}

export function rowsOf(row: RowReceipt): number[] {
  return row.lines.map(([number]) => Number(number));
}

export function turnoverOf(row: RowReceipt): number {
  return row.lines.reduce((total, [, , kopecks]) => total + Number(kopecks), 0);
}
