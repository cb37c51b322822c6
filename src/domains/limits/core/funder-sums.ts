import type { PartnerId } from "#kernel/ids.ts";
import { applyRate, type BasisPoints, type PointsCents } from "#kernel/money.ts";

/** What the movements of all operations say of one funder's points, hundredths. */
export type FunderSums = {
  /** Given to members. */
  readonly issued: PointsCents;
  /** Left members' wallets for the funder: returns, missions undone; not what became arrears. */
  readonly takenBack: PointsCents;
  readonly expired: PointsCents;
  /** Spent at other partners, less what was given back: what they claim. */
  readonly redeemed: PointsCents;
  /** Spent at the funder itself: nobody has to be paid. */
  readonly ownRedeemed: PointsCents;
  /** Of what members have, not active yet as booked. */
  readonly pending: PointsCents;
  /** Owed back to the funder by members. */
  readonly arrears: PointsCents;
};

export const NO_SUMS: FunderSums = {
  issued: 0,
  takenBack: 0,
  expired: 0,
  redeemed: 0,
  ownRedeemed: 0,
  pending: 0,
  arrears: 0,
};

export type MovementSum = {
  readonly fromAccount: string;
  readonly toAccount: string;
  readonly funder: PartnerId;
  readonly redeemer: PartnerId;
  readonly cents: PointsCents;
};

/** Adds sums of movements by accounts, funder and redeemer to what is known of each funder. */
export function addMovements(
  known: ReadonlyMap<PartnerId, FunderSums>,
  movements: readonly MovementSum[],
): Map<PartnerId, FunderSums> {
  const sums = new Map([...known].map(([funder, of]) => [funder, { ...of }]));
  for (const { fromAccount: from, toAccount: to, funder, redeemer, cents } of movements) {
    const of = sums.get(funder) ?? { ...NO_SUMS };
    sums.set(funder, of);
    if (from === "ob") of.issued += cents;
    if (to === "ob" && from !== "ar") of.takenBack += cents;
    if (to === "ex") of.expired += cents;
    if (from === "ex") of.expired -= cents;
    const spent = to === "re" ? cents : from === "re" ? -cents : 0;
    if (redeemer === funder) of.ownRedeemed += spent;
    else of.redeemed += spent;
    if (to === "pe") of.pending += cents;
    if (from === "pe") of.pending -= cents;
    if (from === "ar") of.arrears += cents;
    if (to === "ar") of.arrears -= cents;
  }
  return sums;
}

/** What covers a funder, as the programme and the deposits say. */
export type Cover = {
  readonly mode: "prepaid" | "postpaid";
  /** Up to here points are given. */
  readonly limitCents: PointsCents;
  /** From here it is called short. */
  readonly alertCents: PointsCents;
};

export function alertCents(wholeCents: PointsCents, alertBp: BasisPoints): PointsCents {
  return applyRate(wholeCents, alertBp, "up");
}

/**
 * Points that come free: a funder will never have to pay what was taken back, expired or spent at itself. Those of a postpaid
 * one also once a closed month holds their claim; a deposit pays such a claim, so neither is free again.
 */
export function freedCents(sums: FunderSums, mode: Cover["mode"], settledCents: PointsCents): PointsCents {
  const freed = sums.takenBack + sums.expired + sums.ownRedeemed;
  return mode === "prepaid" ? freed : freed + settledCents;
}

export type CoverState = "ok" | "short" | "stopped";

export type Exposure = {
  /** With members: pending, active, held. */
  readonly outstandingCents: PointsCents;
  readonly pendingCents: PointsCents;
  /** Claims of other partners that no closed month holds. */
  readonly unsettledCents: PointsCents;
  readonly settledCents: PointsCents;
  readonly arrearsCents: PointsCents;
  /** The part of what is outstanding that is expected to be spent. */
  readonly expectedClaimCents: PointsCents;
  readonly cover?: Cover & {
    /** What may have to be paid out of it. */
    readonly usedCents: PointsCents;
    /** Below 0 where more was given than is covered: points moved in, a guarantee lowered. */
    readonly leftCents: PointsCents;
    readonly state: CoverState;
  };
};

/** `redemptionBp`: share of outstanding points that is expected to be spent. */
export function exposureOf(
  sums: FunderSums,
  settledCents: PointsCents,
  cover: Cover | undefined,
  redemptionBp: BasisPoints,
): Exposure {
  const outstandingCents = sums.issued - sums.takenBack - sums.expired - sums.redeemed - sums.ownRedeemed;
  const exposure = {
    outstandingCents,
    pendingCents: sums.pending,
    unsettledCents: sums.redeemed - settledCents,
    settledCents,
    arrearsCents: sums.arrears,
    expectedClaimCents: applyRate(Math.max(0, outstandingCents), redemptionBp, "half-up"),
  };
  if (cover === undefined) return exposure;
  const usedCents = sums.issued - freedCents(sums, cover.mode, settledCents);
  const leftCents = cover.limitCents - usedCents;
  return { ...exposure, cover: { ...cover, usedCents, leftCents, state: stateOf(usedCents, leftCents, cover) } };
}

function stateOf(usedCents: PointsCents, leftCents: PointsCents, { alertCents: from }: Cover): CoverState {
  if (leftCents <= 0) return "stopped";
  return usedCents >= from ? "short" : "ok";
}
