export { budgetRoute } from "./budget-routes.ts";
export { funderRoutes } from "./funder-routes.ts";
export { FUNDER_PROBLEMS } from "./problems.ts";
