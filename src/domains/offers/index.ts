export { type CodeKey, type Codes, createCodes, formatCode, normaliseCode } from "./core/codes.ts";
export { parseOffers } from "./core/document/parse.ts";
export type { OfferDocument } from "./core/document/schema.ts";
export { type ForecastTerms, forecastOffer, meanInterval, type OfferForecast } from "./core/forecast.ts";
export { isHeld, offerCap, offerKey, offerParts, offerUseKey } from "./core/programme-parts.ts";
export { parsePromos } from "./core/promo/parse.ts";
export type { PromoDocument } from "./core/promo/schema.ts";
export { type Benefit, benefitOf, mostPerMember, mostUses } from "./core/promo/terms.ts";
export {
  heldAt,
  isAudience,
  type OfferClosed,
  type OfferMember,
  type OfferNow,
  type OfferStanding,
  offerPeriod,
  standingOf,
  usedTimes,
} from "./core/standing.ts";
export {
  type RedeemDeps,
  type Redeemed,
  type RedeemFailure,
  type RedeemRequest,
  redeemCode,
} from "./redeem-code.ts";
export { type Assignment, assignedOffers, offerStore, putAssignments, type StoredOffer } from "./store/offers.ts";
export {
  beginExport,
  dropExport,
  endExport,
  findCode,
  issueCode,
  lockUse,
  openUse,
  type PromoUse,
  promoStore,
  putCodes,
  readUse,
  type StoredPromo,
} from "./store/promos.ts";
export { dueRedemptions, forgetAttempts, noteGiven, type Redemption, undoRedemption } from "./store/redemptions.ts";
export {
  changeVoucher,
  countVoucher,
  expireVouchers,
  insertVoucher,
  issuedVouchers,
  uncountVoucher,
  type Voucher,
  type VoucherChange,
  type VoucherState,
  voucherByCode,
  voucherByKey,
  vouchersOf,
} from "./store/vouchers.ts";
