export type * from "./answers.ts";
export type { Checkout, QuoteBody } from "./checkout.ts";
export { type CheckoutOptions, createCheckout, type RunningCheckout } from "./create-checkout.ts";
export { MOST_OPENING_LOTS, type OpeningRequest } from "./open-wallet.ts";
export { type PostedReceipt, postInOrder } from "./post-in-order.ts";
export type * from "./requests.ts";
export type { RewardOperationBody, RewardRequest } from "./reward.ts";
