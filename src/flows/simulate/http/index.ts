export { SIMULATE_PROBLEMS } from "./problems.ts";
export { simulateRoutes } from "./simulate-routes.ts";
