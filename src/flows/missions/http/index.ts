export { eventBatchRoute } from "./event-batch-route.ts";
export { eventRoutes } from "./event-routes.ts";
export { FAVOURITE_PROBLEMS, favouriteRoutes } from "./favourite-routes.ts";
export { missionRoutes } from "./mission-routes.ts";
export { EVENT_PROBLEMS, MISSION_PROBLEMS } from "./problems.ts";
