export { type LookupDeps, lookupRoute } from "./lookup-route.ts";
