export { type AgreementFailure, agree, endAgreement, readShared, type SharedPoints } from "./agreements.ts";
export type { HouseholdDeps } from "./deps.ts";
export {
  type HouseholdFailure,
  type TransferBody,
  type TransferRequest,
  type Transferred,
  transfer,
  type UndoRequest,
  undo,
} from "./transfer.ts";
