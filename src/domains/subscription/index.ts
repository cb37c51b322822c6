export { findPromo, type Plan, type Promo, planOf, plansOf } from "./core/plan.ts";
export {
  type Charge,
  cancel,
  declined,
  ended,
  nextCharge,
  open,
  type Payment,
  paid,
  refund,
  resume,
  type StateFailure,
  type Subscription,
  stepOf,
  withToken,
} from "./core/subscription.ts";
export { createHttpProvider, type HttpProviderOptions, ProviderUnavailable } from "./provider/http-provider.ts";
export type { ChargeOrder, PaymentOrder, PaymentOutcome, PaymentProvider, RefundOrder } from "./provider/provider.ts";
export { createSandbox, SANDBOX_SLOW_MS } from "./provider/sandbox.ts";
export { createProvider, type PaymentSettings, readPaymentSettings } from "./provider/settings.ts";
export { eraseSubscriptions, mergeSubscriptions, splitSubscriptions } from "./store/merge.ts";
export {
  insertPayment,
  listPayments,
  listRevenue,
  type RevenueCursor,
  type RevenueLine,
  subscriptionRevenue,
  updatePayment,
} from "./store/payments.ts";
export {
  insertSubscription,
  listDueBenefits,
  listNext,
  listSubscriptions,
  readSubscription,
  releasePromo,
  type StoredSubscription,
  type SubscriptionRef,
  updateSubscription,
  usePromo,
} from "./store/subscriptions.ts";
