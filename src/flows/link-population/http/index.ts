export { linkageRoutes } from "./linkage-routes.ts";
export { LINKAGE_PROBLEMS } from "./problems.ts";
