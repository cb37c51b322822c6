import type { PartnerId } from "#kernel/ids.ts";
import { invariant } from "#kernel/invariant.ts";
import { applyRate, type BasisPoints, type PointsCents } from "#kernel/money.ts";
import type { AccountTotal } from "./totals.ts";

/** A funder's points over one month, and what is outstanding at its end. Hundredths of a point. */
export type FunderBalance = {
  readonly funder: PartnerId;
  /** Given to members: purchases, awards, opening lots. */
  readonly issuedCents: PointsCents;
  /** Taken back from members by returns. */
  readonly takenBackCents: PointsCents;
  /** Spent anywhere, less what was given back. */
  readonly redeemedCents: PointsCents;
  /** Breakage: expired, so never to be paid for. */
  readonly expiredCents: PointsCents;
  /** Held by members at the end of the month: pending, active and set aside. */
  readonly outstandingCents: PointsCents;
  /** The part of them that is expected to be spent, at the programme's redemption rate. */
  readonly expectedClaimCents: PointsCents;
  /** Owed back by members at the end of the month. */
  readonly arrearsCents: PointsCents;
};

/** What the last closed month ended with. */
export type OpeningBalance = Pick<FunderBalance, "funder" | "outstandingCents" | "arrearsCents">;

const OF_MEMBER = new Set(["pe", "ac", "he"]);

type Sums = { issued: number; takenBack: number; redeemed: number; expired: number; arrears: number; held: number };

/** One balance per funder that ever had points, sorted. `redemptionBp`: share of outstanding points expected back. */
export function funderBalances(
  totals: readonly AccountTotal[],
  opening: readonly OpeningBalance[],
  redemptionBp: BasisPoints,
): FunderBalance[] {
  const sums = new Map<PartnerId, Sums>();
  const openingOf = new Map(opening.map((each) => [each.funder, each]));
  for (const funder of openingOf.keys()) sums.set(funder, emptySums());
  for (const total of totals) {
    const of = sums.get(total.funder) ?? emptySums();
    sums.set(total.funder, of);
    add(of, total);
  }
  return [...sums.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([funder, of]) => {
      invariant(
        of.held === of.issued - of.takenBack - of.redeemed - of.expired,
        `movements of ${funder} do not balance`,
      );
      const outstandingCents = (openingOf.get(funder)?.outstandingCents ?? 0) + of.held;
      return {
        funder,
        issuedCents: of.issued,
        takenBackCents: of.takenBack,
        redeemedCents: of.redeemed,
        expiredCents: of.expired,
        outstandingCents,
        expectedClaimCents: applyRate(Math.max(0, outstandingCents), redemptionBp, "half-up"),
        arrearsCents: (openingOf.get(funder)?.arrearsCents ?? 0) + of.arrears,
      };
    });
}

function emptySums(): Sums {
  return { issued: 0, takenBack: 0, redeemed: 0, expired: 0, arrears: 0, held: 0 };
}

function add(of: Sums, { fromAccount, toAccount, cents }: AccountTotal): void {
  const toMember = OF_MEMBER.has(toAccount);
  const fromMember = OF_MEMBER.has(fromAccount);
  if (toMember) of.held += cents;
  if (fromMember) of.held -= cents;
  if (fromAccount === "ob" && toMember) of.issued += cents;
  if (fromMember && toAccount === "ob") of.takenBack += cents;
  if (toAccount === "re") of.redeemed += cents;
  if (fromAccount === "re") of.redeemed -= cents;
  if (toAccount === "ex") of.expired += cents;
  if (fromAccount === "ex") of.expired -= cents;
  if (fromAccount === "ar") of.arrears += cents;
  if (toAccount === "ar") of.arrears -= cents;
}
