export { peopleRoutes } from "./people-routes.ts";
export { PROFILE_PROBLEMS } from "./problems.ts";
export { profileRoutes } from "./profile-routes.ts";
