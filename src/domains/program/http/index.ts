export { PROGRAMME_PROBLEMS } from "./problems.ts";
export { type ProgrammeRouteDeps, programmeRoutes } from "./programme-routes.ts";
