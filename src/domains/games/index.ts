export { achieve } from "./core/achievement.ts";
export { type GameContribution, type GameHappening, gameContributions } from "./core/contribution.ts";
export { type GameCost, type GameForecast, mostCost } from "./core/cost.ts";
export { parseGames } from "./core/document/parse.ts";
export type { GameDocument, GameFile, QuestionsDocument } from "./core/document/schema.ts";
export { type DrawCommitment, drawPrize, seedHash } from "./core/draw/fair.ts";
export { type DrawPeriod, type DrawRight, periodAt } from "./core/draw/periods.ts";
export { openRights } from "./core/draw/rights.ts";
export { type DrawFault, type RevealedPeriod, verifyDraws } from "./core/draw/verify.ts";
export { displayName, type NameFailure, skeleton } from "./core/leaderboard/display-name.ts";
export { type Placed, placeAll, placeOf, type RateBin } from "./core/leaderboard/places.ts";
export { rateOf, type WeekScore, weekOf, weekScores, weekSpan } from "./core/leaderboard/score.ts";
export {
  type AnswerFault,
  type Answers,
  attributesOf,
  checkAnswers,
  countRight,
  type StatedAttribute,
} from "./core/questions/answers.ts";
export {
  type DrawTerms,
  type GameReward,
  type GameTerms,
  gameBudget,
  gamePeriod,
  gameTerms,
  isLiveAt,
  type LeaderboardTerms,
  type QuestionsTerms,
} from "./core/terms.ts";
export {
  type AnswerCount,
  countAnswers,
  loadAnswers,
  lockAnswer,
  putAnswer,
  type StoredAnswer,
  withdrawConsent,
} from "./store/answers.ts";
export {
  type AwardKey,
  listDueAwards,
  loadAwards,
  lockAwards,
  putAwards,
  putGivenAwards,
  type StoredAward,
} from "./store/awards.ts";
export {
  type BoardPlace,
  type BoardWeek,
  closedWeeks,
  listWeeks,
  putPlaces,
  putWeek,
  readBins,
  readPlaces,
  readTop,
  readWeek,
} from "./store/boards.ts";
export {
  forgetContributions,
  loadGameContributions,
  loadGameProgress,
  type MemberContribution,
  putGameContributions,
  putGameProgress,
  putScores,
  readScores,
  type StoredGameProgress,
  type StoredScore,
} from "./store/contributions.ts";
export {
  commitPeriod,
  type DrawAward,
  listMemberDraws,
  listPeriodDraws,
  listPeriods,
  listUnrevealed,
  lockPeriod,
  readPeriod,
  recordDraw,
  revealPeriod,
  type StoredDraw,
  type StoredPeriod,
} from "./store/draws.ts";
export { gameStore, type StoredGame } from "./store/games.ts";
export { mergeGames, unmergeGames } from "./store/merge.ts";
export {
  claimName,
  type Participant,
  putParticipant,
  readParticipant,
  releaseNames,
  removeParticipant,
} from "./store/participants.ts";
export { eventHappened, firstUnseenAt, gamePosition, receiptHappened, rewardHappened } from "./store/stream.ts";
