export { reportStoreDay, type StoreDayDeps, type StoreDayFailure, type StoreDayRequest } from "./report-store-day.ts";
export type { StoreDayTotal } from "./store/store-day-totals.ts";
