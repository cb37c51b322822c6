export { STORE_DAY_PROBLEMS } from "./problems.ts";
export { storeDayRoute } from "./store-day-route.ts";
