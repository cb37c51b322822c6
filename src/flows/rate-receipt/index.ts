export { type RateDeps, type RateFailure, type RateRequest, type Rating, rateReceipt } from "./rate-receipt.ts";
