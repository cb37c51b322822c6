import type { PartnerId } from "#kernel/ids.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import type { Principal, Role } from "./principal.ts";

/** `own`: what belongs to the key's partner. `any`: of every partner. */
export type Scope = "own" | "any";
export type Roles = { readonly [role in Role]?: Scope };

/** Where a request names the partner that it acts for; elsewhere the use case knows (by the receipt, the hold, the member). */
export type PartnerPlace = "body.partner" | "body.funder" | "params.partner";

export type Permission = "public" | { readonly roles: Roles; readonly partnerAt?: PartnerPlace };

const TILLS: Roles = { till: "own", partner: "own", operator: "any", admin: "any" };
const PARTNERS: Roles = { partner: "own", operator: "any", admin: "any" };
const READERS: Roles = { till: "own", partner: "own", analyst: "any", operator: "any", admin: "any" };
/** The coalition's own people. */
const OPERATORS: Roles = { operator: "any", admin: "any" };
const FINANCE: Roles = { partner: "own", analyst: "any", operator: "any", admin: "any" };
/** The operator's own people, who may see all. */
const COALITION: Roles = { analyst: "any", operator: "any", admin: "any" };
const MISSION_READERS: Roles = { partner: "own", analyst: "any", operator: "any", admin: "any" };
const ADMINS: Roles = { admin: "any" };

/**
 * Which operation (operationId of OpenAPI) is open to which role, and how far. The only place that says so: every route
 * is checked against it before its body is read, and a route that is not in it stops the start.
 */
export const PERMISSIONS = {
  createReceipt: { roles: TILLS, partnerAt: "body.partner" },
  createReceiptBatch: { roles: TILLS },
  getReceipt: { roles: READERS },
  createReturn: { roles: TILLS },
  rateReceipt: { roles: PARTNERS },
  createQuote: { roles: TILLS, partnerAt: "body.partner" },
  createAward: { roles: PARTNERS, partnerAt: "body.funder" },
  createHold: { roles: TILLS, partnerAt: "body.partner" },
  captureHold: { roles: TILLS },
  voidHold: { roles: TILLS },
  lookupMember: { roles: TILLS },
  putProfile: { roles: PARTNERS, partnerAt: "params.partner" },
  getProfile: { roles: READERS, partnerAt: "params.partner" },
  getMember: { roles: READERS },
  explainMember: { roles: OPERATORS },
  getHousehold: { roles: OPERATORS },
  listAttributes: { roles: OPERATORS },
  mergeMembers: { roles: OPERATORS },
  unmergeMember: { roles: OPERATORS },
  eraseMember: { roles: OPERATORS },
  listReviews: { roles: OPERATORS },
  decideReview: { roles: OPERATORS },
  getSharedPoints: { roles: OPERATORS },
  putTaker: { roles: OPERATORS },
  deleteTaker: { roles: OPERATORS },
  leaveHousehold: { roles: OPERATORS },
  createTransfer: { roles: OPERATORS },
  undoTransfer: { roles: OPERATORS },
  startLinkage: { roles: OPERATORS },
  listLinkages: { roles: COALITION },
  cancelLinkage: { roles: OPERATORS },
  getWallet: { roles: READERS },
  listOperations: { roles: READERS },
  listLots: { roles: READERS },
  putStoreDayTotal: { roles: TILLS, partnerAt: "params.partner" },
  getProgramme: { roles: READERS },
  listProgrammeVersions: { roles: READERS },
  getProgrammeVersion: { roles: READERS },
  createSimulation: { roles: MISSION_READERS },
  getSimulation: { roles: MISSION_READERS },
  cancelSimulation: { roles: MISSION_READERS },
  createEvent: { roles: TILLS, partnerAt: "body.partner" },
  createEventBatch: { roles: TILLS },
  getEvent: { roles: READERS },
  putMission: { roles: PARTNERS },
  listMissions: { roles: MISSION_READERS },
  getMission: { roles: MISSION_READERS },
  forecastMission: { roles: PARTNERS },
  approveMission: { roles: OPERATORS },
  pauseMission: { roles: PARTNERS },
  resumeMission: { roles: PARTNERS },
  endMission: { roles: PARTNERS },
  listCompletions: { roles: MISSION_READERS },
  getLadder: { roles: READERS },
  getLevel: { roles: READERS },
  listSubscriptionPlans: { roles: READERS },
  createSubscription: { roles: TILLS },
  listSubscriptions: { roles: READERS },
  getSubscription: { roles: READERS },
  cancelSubscription: { roles: TILLS },
  resumeSubscription: { roles: TILLS },
  setPaymentMethod: { roles: TILLS },
  refundSubscription: { roles: OPERATORS },
  listSubscriptionPayments: { roles: READERS },
  createBenefitEstimate: { roles: READERS },
  getSubscriptionBenefit: { roles: READERS },
  createPaymentEvent: { roles: OPERATORS },
  notifyPayment: "public",
  listSubscriptionRevenue: { roles: FINANCE },
  putOffer: { roles: PARTNERS },
  listOffers: { roles: MISSION_READERS },
  getOffer: { roles: MISSION_READERS },
  forecastOffer: { roles: PARTNERS },
  approveOffer: { roles: OPERATORS },
  pauseOffer: { roles: PARTNERS },
  resumeOffer: { roles: PARTNERS },
  endOffer: { roles: PARTNERS },
  assignOffer: { roles: PARTNERS },
  listMemberOffers: { roles: READERS },
  activateOffer: { roles: TILLS },
  deactivateOffer: { roles: TILLS },
  takeVoucher: { roles: TILLS },
  redeemVoucher: { roles: TILLS },
  putPromotion: { roles: PARTNERS },
  listPromotions: { roles: MISSION_READERS },
  getPromotion: { roles: MISSION_READERS },
  forecastPromotion: { roles: PARTNERS },
  approvePromotion: { roles: OPERATORS },
  pausePromotion: { roles: PARTNERS },
  resumePromotion: { roles: PARTNERS },
  endPromotion: { roles: PARTNERS },
  redeemPromoCode: { roles: TILLS },
  exportPromoCodes: { roles: PARTNERS },
  issuePromoCode: { roles: PARTNERS },
  createCardTransaction: { roles: PARTNERS },
  createCardTransactionBatch: { roles: PARTNERS },
  getCardTransaction: { roles: MISSION_READERS },
  acceptReferral: { roles: TILLS },
  listReferrals: { roles: READERS },
  getFavourites: { roles: READERS },
  chooseFavourites: { roles: TILLS },
  putGame: { roles: PARTNERS },
  listGames: { roles: MISSION_READERS },
  getGame: { roles: MISSION_READERS },
  forecastGame: { roles: PARTNERS },
  approveGame: { roles: OPERATORS },
  pauseGame: { roles: PARTNERS },
  resumeGame: { roles: PARTNERS },
  endGame: { roles: PARTNERS },
  listWeeks: { roles: READERS },
  getWeek: { roles: READERS },
  getStanding: { roles: READERS },
  takePart: { roles: TILLS },
  leaveGame: { roles: TILLS },
  listMemberGames: { roles: READERS },
  createDraw: { roles: TILLS },
  listDraws: { roles: READERS },
  listDrawPeriods: "public",
  getDrawPeriod: "public",
  putAnswers: { roles: TILLS },
  withdrawConsent: { roles: TILLS },
  getResults: { roles: MISSION_READERS },
  listBudgets: { roles: COALITION },
  createStop: { roles: OPERATORS },
  listStops: { roles: COALITION },
  resumeStop: { roles: OPERATORS },
  createBlock: { roles: OPERATORS },
  listBlocks: { roles: COALITION },
  liftBlock: { roles: OPERATORS },
  listAlerts: { roles: COALITION },
  getAlert: { roles: COALITION },
  decideAlert: { roles: OPERATORS },
  listFunders: { roles: FINANCE },
  getFunder: { roles: FINANCE, partnerAt: "params.partner" },
  createDeposit: { roles: OPERATORS },
  listDeposits: { roles: FINANCE, partnerAt: "params.partner" },
  listSettlements: { roles: FINANCE },
  getSettlement: { roles: FINANCE },
  listSettlementLines: { roles: FINANCE },
  listLineReceipts: { roles: FINANCE },
  listActs: { roles: FINANCE },
  getActPdf: { roles: FINANCE, partnerAt: "params.partner" },
  getActXlsx: { roles: FINANCE, partnerAt: "params.partner" },
  getActCsv: { roles: FINANCE, partnerAt: "params.partner" },
  closeSettlement: { roles: OPERATORS },
  getJob: { roles: OPERATORS },
  cancelJob: { roles: OPERATORS },
  watchJob: { roles: OPERATORS },
  createKey: { roles: ADMINS },
  listKeys: { roles: ADMINS },
  revokeKey: { roles: ADMINS },
  getHealth: "public",
  getReadiness: "public",
  getMetrics: "public",
  getOpenApi: "public",
  getDocs: "public",
  listProblems: "public",
  getProblem: "public",
} as const satisfies Record<string, Permission>;

export function permissionOf(operationId: string): Permission | undefined {
  return Object.hasOwn(PERMISSIONS, operationId) ? (PERMISSIONS as Record<string, Permission>)[operationId] : undefined;
}

export type ForbiddenOperation = { readonly code: "forbidden-operation"; readonly role: Role };
export type ForbiddenPartner = { readonly code: "forbidden-partner"; readonly partner: string };

/** Whether a principal may call an operation at all, and how far it reaches there. */
export function scopeOf(roles: Roles, principal: Principal): Result<Scope, ForbiddenOperation> {
  const scope = roles[principal.role];
  return scope === undefined ? err({ code: "forbidden-operation", role: principal.role }) : ok(scope);
}

/** Whether a principal may act for a partner where its scope is `own`. */
export function mayActFor(principal: Principal, partner: PartnerId): Result<undefined, ForbiddenPartner> {
  if (principal.partner === undefined || principal.partner === partner) return ok(undefined);
  return err({ code: "forbidden-partner", partner });
}
