export { type ChangeFailure, type ChangeRequest, changeSubscription } from "./change-subscription.ts";
export { parsePaymentKey, paymentKey, settlePayment } from "./collect.ts";
export type { SubscriptionDeps } from "./deps.ts";
export { renewSubscriptions, runSubscriptions } from "./run-subscriptions.ts";
export { type SubscribeFailure, type SubscribeRequest, subscribe } from "./subscribe.ts";
