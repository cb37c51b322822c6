export { list, type Names } from "#domains/publishing/index.ts";
export { checkGoal } from "./core/document/check.ts";
export { parseMissions } from "./core/document/parse.ts";
export { goal as goalSchema, type MissionDocument, type MissionFile } from "./core/document/schema.ts";
export type { EventData, PartnerEvent, StoredEvent } from "./core/event.ts";
export { COVERAGE_BP } from "./core/forecast/belief.ts";
export { type Costs, costsOf } from "./core/forecast/costs.ts";
export { type ForecastInput, forecast, type Ready } from "./core/forecast/forecast.ts";
export { learnSpending, type Spending } from "./core/forecast/spending.ts";
export type {
  Assumption,
  AssumptionKey,
  AssumptionSource,
  Forecast,
  Range,
  Stated,
} from "./core/forecast/types.ts";
export { type FinishedMission, learnUplift, type Natural, type Uplift } from "./core/forecast/uplift.ts";
export { programmeParts } from "./core/programme-parts.ts";
export type { MemberView } from "./core/progress/audience.ts";
export { audienceOf } from "./core/progress/audience.ts";
export { contributionsOf, type Happening, type Line } from "./core/progress/contribution.ts";
export { evaluate, type Progress } from "./core/progress/evaluate.ts";
export { inOrderOfNeed, recompute } from "./core/progress/recompute.ts";
export {
  budgetCap,
  type Deed,
  endOf,
  goalSteps,
  type Interval,
  type MissionTerms,
  missionKey,
  missionTerms,
  periodOf,
  type StepTerms,
} from "./core/terms.ts";
export { type CompletionCursor, type CompletionRow, listCompletions, missionFees } from "./store/completions.ts";
export {
  type EventKey,
  findEventKeys,
  insertEvents,
  type KeyedEvent,
  readEvent,
} from "./store/events.ts";
export { mergeMissions, unmergeMissions } from "./store/merge.ts";
export {
  type LogEntry,
  listMissions,
  lockMission,
  logMission,
  missionStore,
  putMission,
  readMission,
  readMissionLog,
  type StoredMission,
} from "./store/missions.ts";
export {
  type Completion,
  listDue,
  loadContributions,
  loadProgress,
  lockProgress,
  type MemberContribution,
  putCompletions,
  putContributions,
  putGiven,
  putProgress,
  type StoredProgress,
} from "./store/progress.ts";
export {
  firstEvents,
  type MemberEvent,
  missionPosition,
  readStreamEvents,
  receiptHappening,
} from "./store/stream.ts";
