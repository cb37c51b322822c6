export { RATING_PROBLEMS, ratingRoute } from "./rating-route.ts";
