export { benefitOperations, benefitRoutes } from "./benefit-routes.ts";
export { subscriptionOperations } from "./operations.ts";
export { paymentRoutes } from "./payment-routes.ts";
export { SUBSCRIPTION_PROBLEMS } from "./problems.ts";
export { type SubscriptionHttpDeps, subscriptionRoutes } from "./subscription-routes.ts";
