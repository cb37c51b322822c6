export { earliestOf, type LevelGoal, levelGoals, monthAt } from "./core/goals.ts";
export { continued, type GoalsAt, isSameSpan, isSameSpans, type Span, spansFrom } from "./core/spans.ts";
export { type LevelStanding, standingOf } from "./core/standing.ts";
export { type Contribution, inOrder } from "./core/tally.ts";
export { givenAfter, traitChanges } from "./core/trait-changes.ts";
export {
  eraseLevels,
  loadLevelContributions,
  type MemberContribution,
  moveLevelContributions,
  putLevelContributions,
  splitLevelContributions,
} from "./store/contributions.ts";
export { listDueLevels, loadStandings, putDesired, putGivenLevels, type StoredStanding } from "./store/standings.ts";
export { levelContribution, levelPosition } from "./store/stream.ts";
