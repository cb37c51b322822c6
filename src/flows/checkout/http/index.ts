export { type BatchDeps, batchRoute } from "./batch-route.ts";
export type { CheckoutHttpDeps } from "./deps.ts";
export { RECEIPT_ANSWER_EXAMPLE, RECEIPT_EXAMPLE } from "./examples.ts";
export { holdRoutes } from "./hold-routes.ts";
export { CHECKOUT_PROBLEMS } from "./problems.ts";
export { REFUSED_RECEIPT_FIELDS } from "./product-fields.ts";
export { duplicateLines, toMemberRef } from "./receipt-mapping.ts";
export { receiptRoutes } from "./receipt-routes.ts";
export { IdempotencyHeaders, MemberSchema } from "./schemas.ts";
