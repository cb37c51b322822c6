export type { OfferDeps } from "./deps.ts";
export { createFindByIdentifier, type FindByIdentifier } from "./find-by-identifier.ts";
export {
  changeOfferState,
  changePromoState,
  draftOffers,
  draftPromos,
  forecastOfferDraft,
  forecastPromoDraft,
  planOffers,
  planPromos,
} from "./manage/manage.ts";
export { activateOffer, deactivateOffer, type OfferUseFailure } from "./members/activate-offer.ts";
export { type AssignFailure, assignable, assignOffer } from "./members/assign-offer.ts";
export { type AssignmentsReport, importAssignments } from "./members/import-assignments.ts";
export { type MemberOffer, type MemberOffers, readOffers } from "./members/read-offers.ts";
export { redeemVoucher, takeVoucher, type VoucherFailure } from "./members/vouchers.ts";
export { type CodesFailure, exportCodes, issueTo, makeCodes } from "./promos/make-codes.ts";
export { type PromoFailure, redeemPromo } from "./promos/redeem-promo.ts";
export { type OfferRunDeps, runOffers, tendOffers } from "./run-offers.ts";
