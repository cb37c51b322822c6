export { eventBatchRoute } from "./event-batch-route.ts";
export { eventRoutes } from "./event-routes.ts";
export { EVENT_PROBLEMS } from "./problems.ts";
