export { type BatchDeps, batchRoute } from "./batch-route.ts";
export type { CheckoutHttpDeps } from "./deps.ts";
export { holdRoutes } from "./hold-routes.ts";
export { CHECKOUT_PROBLEMS } from "./problems.ts";
export { receiptRoutes } from "./receipt-routes.ts";
export { duplicateLines } from "./receipt-mapping.ts";
