export { cardRoutes } from "./card-routes.ts";
export { CARD_FEED_PROBLEMS } from "./problems.ts";
