export { LEVEL_PROBLEMS, levelOperations, levelRoutes } from "./level-routes.ts";
