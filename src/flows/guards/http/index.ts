export { alertRoutes } from "./alert-routes.ts";
export { blockRoutes } from "./block-routes.ts";
export { GUARD_PROBLEMS } from "./problems.ts";
export { stopRoutes } from "./stop-routes.ts";
