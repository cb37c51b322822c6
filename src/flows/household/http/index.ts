export { HOUSEHOLD_PROBLEMS } from "./problems.ts";
export { householdRoutes } from "./routes.ts";
