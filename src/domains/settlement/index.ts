export { type Assembled, assembleSettlement } from "./assemble-settlement.ts";
export { type Act, type ActLine, type ActTotals, actOf } from "./core/act.ts";
export type { FunderBalance } from "./core/funder-balance.ts";
export type { LineKind, SettlementLine } from "./core/line.ts";
export type { Position, Transfer } from "./core/netting.ts";
export type { Language, Party } from "./core/party.ts";
export type { FeeRule } from "./core/programme-fees.ts";
export type { Fee, Pair, Settlement } from "./core/settlement.ts";
export { createTally, type MovementTuple, type TallyLine } from "./core/tally.ts";
export { compareTotals, type DayTotal, type TotalDifference } from "./core/totals.ts";
export { previewSettlement } from "./preview-settlement.ts";
export { actCsv, type CsvOptions } from "./render/act-csv.ts";
export { actPdf } from "./render/act-pdf.ts";
export { actXlsx } from "./render/act-xlsx.ts";
export { settlementCsv } from "./render/settlement-csv.ts";
export { ledgerTotals } from "./store/ledger-totals.ts";
export { type LineCursor, type LinePage, type LineReceipt, lineReceipts } from "./store/line-receipts.ts";
export { settledClaims } from "./store/settled-claims.ts";
export {
  beginClosing,
  type CloseStep,
  freeze,
  listActPartners,
  listStored,
  monthsInTheWay,
  moveFence,
  noteRefusal,
  noteStep,
  readStored,
  readStoredAct,
  type StoredSettlement,
} from "./store/settlements.ts";
export { warehouseTotals } from "./store/warehouse-totals.ts";
export type { SettlementTerms } from "./terms.ts";
export { closedMonths, type SettlementFault, verifySettlement } from "./verify-settlement.ts";
