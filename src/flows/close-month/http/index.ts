export { type CloseRouteDeps, closeRoute } from "./close-route.ts";
export { CLOSE_PROBLEMS } from "./problems.ts";
