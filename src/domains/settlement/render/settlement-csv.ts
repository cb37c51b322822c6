import type { Settlement } from "../core/settlement.ts";
import { plainHundredths } from "./numbers.ts";

const HEADER = [
  "month",
  "line",
  "kind",
  "funder",
  "redeemer",
  "corrects_month",
  "corrects_line",
  "points",
  "amount_rub",
];

/** All lines of a settlement and its fees, as CSV for loading: points with decimal points, comma-separated, UTF-8. */
export function settlementCsv(settlement: Settlement): string {
  const { month, operator } = settlement;
  const amount = (value: number) => plainHundredths(value, ".");
  const rows = [
    HEADER,
    ...settlement.lines.map((line) => [
      ...[month, line.id, line.kind, line.funder, line.redeemer, line.cites?.month ?? "", line.cites?.line ?? ""],
      ...[amount(line.cents), amount(line.kopecks)],
    ]),
    ...settlement.fees.map((fee) => [
      month,
      "",
      `${fee.kind}-fee`,
      fee.partner,
      operator,
      "",
      "",
      "",
      amount(fee.kopecks),
    ]),
  ];
  return `${rows.map((row) => row.join(",")).join("\r\n")}\r\n`;
}
