export {
  type Answered,
  type AnswerFailure,
  type AnswerRequest,
  answerQuestions,
  questionsGame,
  statedAttributes,
  withdrawAnswers,
} from "./answers/answer-questions.ts";
export { leave, type ParticipationFailure, takePart } from "./board/participate.ts";
export { type BoardFailure, readBoard, readStanding, readWeeks } from "./board/read-board.ts";
export { type CommitDeps, commitPeriods, revealPeriods } from "./draw/commit-periods.ts";
export { type DrawRefusal, type DrawRequest, makeDraw } from "./draw/make-draw.ts";
export {
  changeGameState,
  draftGames,
  forecastGame,
  type GameChangeFailure,
  type GameDraftFailure,
  planGames,
} from "./manage/manage-games.ts";
export { refreshBoards } from "./progress/close-weeks.ts";
export { followGames } from "./progress/follow-games.ts";
export { type GameRunDeps, runGames, runGamesOnce } from "./progress/run-games.ts";
export { settleAwards } from "./progress/settle-awards.ts";
