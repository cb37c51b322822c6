export {
  type AcceptRequest,
  acceptInvitation,
  type ReferralFailure,
  type ReferralView,
  readReferrals,
} from "./accept-invitation.ts";
export type { ReferralDeps, ReferralRunDeps } from "./deps.ts";
export { followReferrals } from "./follow-referrals.ts";
export { runReferral } from "./run-referral.ts";
export { settleReferrals } from "./settle-referrals.ts";
