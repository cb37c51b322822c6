export { type LookedUp, type LookupDeps, lookupRoute } from "./lookup-route.ts";
