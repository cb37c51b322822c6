export { BLOCK_KINDS, type Block, type BlockKind } from "./core/blocks.ts";
export { isAwardStopped, type Stop, type Stopped, type StopScope, type Stops, stopAt } from "./core/stops.ts";
export { type GuardFacts, keyOfHash, keyOfText, SUBJECT_INDEX, SUBJECTS } from "./core/velocity/facts.ts";
export type { Hit, Verdict } from "./core/velocity/judge.ts";
export type { GuardBatch, GuardNote } from "./guard-batch.ts";
export type { GuardStats } from "./guard-stats.ts";
export {
  type Alert,
  type AlertFilter,
  type AlertState,
  decideAlert,
  listAlerts,
  type RefusedAlert,
  readAlert,
} from "./store/alerts.ts";
export { purgeJournal } from "./store/journal.ts";
export { endBlock, endStop, listBlocks, listStops, putBlock, putStop } from "./store/switchboard.ts";
export {
  type GuardDeps,
  type Guards,
  LONGEST_JOURNAL_MS,
  LOOK_EVERY_MS,
  openGuards,
  type WatchedGuards,
} from "./watch-guards.ts";
