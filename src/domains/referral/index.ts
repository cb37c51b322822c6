export {
  type EvaluationFrame,
  evaluateReferral,
  type ReferralProgress,
  type ReferralPurchase,
} from "./core/evaluate.ts";
export { type GuardFacts, type ReferralRefusal, refusalOf } from "./core/guards.ts";
export { type ReferralTerms, referralTerms } from "./core/terms.ts";
export {
  ancestorsOf,
  changeReferral,
  dueReferrals,
  findReferralCode,
  type Given,
  hasReferrals,
  insertReferral,
  invitedBy,
  isMarkKnown,
  lockInvitedBy,
  moveRoots,
  purchasesSince,
  putReferralCode,
  type Referral,
  type ReferralState,
  referralPosition,
  referralsAround,
  referralsOf,
  touchReferrals,
} from "./store/referrals.ts";
