export { type CloseDeps, type CloseFailure, type CloseProgress, closeMonth, refuseClose } from "./close-month.ts";
export { closeUntil } from "./close-until.ts";
export { type CloseSetup, createCloseDeps, termsOf } from "./create-close-deps.ts";
