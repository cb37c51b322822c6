export { createEventLog, type EventLog } from "./events/event-log.ts";
export type { EventBody, EventFailure, EventRequest } from "./events/requests.ts";
export { excessFavourites } from "./favourites/favourites.ts";
export type { PastMember } from "./forecast/past.ts";
export { readPast } from "./forecast/read-past.ts";
export { changeMissionState, type StateFailure, type StateRequest } from "./manage/change-state.ts";
export {
  type Drafted,
  type DraftFailure,
  type DraftRequest,
  draftMissions,
  type ManageDeps,
  planMissions,
} from "./manage/draft-missions.ts";
export { type ForecastRequest, makeForecast } from "./manage/make-forecast.ts";
export { followStream } from "./progress/follow-stream.ts";
export { runMissions } from "./progress/run-missions.ts";
export { settleRewards } from "./progress/settle-rewards.ts";
export { countMembers } from "./store/sample-histories.ts";
