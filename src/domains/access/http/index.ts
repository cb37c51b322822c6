export type { Principal } from "../core/principal.ts";
export { createGuard, type GuardDeps } from "./guard.ts";
export { type KeyRouteDeps, keyRoutes } from "./key-routes.ts";
export { principalOf } from "./principal.ts";
export { ACCESS_PROBLEMS } from "./problems.ts";
