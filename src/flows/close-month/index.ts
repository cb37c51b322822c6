export { type CloseDeps, type CloseFailure, type CloseProgress, closeMonth } from "./close-month.ts";
export { closeUntil } from "./close-until.ts";
