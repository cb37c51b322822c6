export { budgetRoute } from "./budget-routes.ts";
