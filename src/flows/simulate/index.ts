export { type Change, type ChangeFile, readChange } from "./core/change.ts";
export { foreignIn } from "./core/own-change.ts";
export { type Earned, earnedMore, repeated, replayHistory } from "./core/replay-history.ts";
export type { BudgetsAre, Simulation } from "./core/report.ts";
export { simulationHtml } from "./render/html.ts";
export { simulationText } from "./render/text.ts";
export {
  type SimulateControl,
  type SimulateDeps,
  type SimulateFailure,
  type SimulateRequest,
  simulate,
} from "./simulate.ts";
