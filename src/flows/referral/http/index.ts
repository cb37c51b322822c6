export { REFERRAL_PROBLEMS } from "./problems.ts";
export { referralRoutes } from "./referral-routes.ts";
