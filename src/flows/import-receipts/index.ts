export {
  type ImportDeps,
  type ImportFailure,
  type ImportReport,
  type ImportRequest,
  importReceipts,
} from "./import-receipts.ts";
