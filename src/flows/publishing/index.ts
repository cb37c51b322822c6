export {
  type ChangeFailure,
  type ChangeRequest,
  changeWork,
  type StateAction,
  syncParts,
} from "./change-work.ts";
export { type Drafted, type DraftFailure, type DraftRequest, draftWorks, planWorks } from "./draft-works.ts";
export { type ForecastFailure, type ForecastRequest, keepForecast, type StatedUse } from "./keep-forecast.ts";
export type { BroughtParts, ManageDeps, SourceFile, WorkKind } from "./work-kind.ts";
