export {
  type ImportDeps,
  type ImportFailure,
  type ImportReport,
  type ImportRequest,
  importReceipts,
} from "./import-receipts.ts";
export { type ImportRun, readRun, saveRun } from "./store/import-runs.ts";
