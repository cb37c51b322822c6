export { type WorkWords, workProblems } from "./problems.ts";
export { StatedUseSchema, WorkAnswerSchema, type WorkHttpDeps, workRoutes } from "./work-routes.ts";
