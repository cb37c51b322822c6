import { type ProgrammeDocument, quantities } from "#domains/program/index.ts";
import { list } from "#domains/publishing/index.ts";
import type { PartnerId } from "#kernel/ids.ts";
import type { Kopecks, PointsCents } from "#kernel/money.ts";

/** The referral's terms as numbers. Kept with each invitation: what was promised then holds to its end. */
export type ReferralTerms = {
  readonly leastKopecks: Kopecks;
  /** Empty for all. */
  readonly partners: readonly PartnerId[];
  readonly withinDays: number;
  readonly keepDays: number;
  readonly inviterCents: PointsCents;
  readonly invitedCents: PointsCents;
  /** Sorted by funder. */
  readonly funders: readonly PartnerId[];
  readonly weights: readonly number[];
  readonly expiry?: string;
  readonly perMonth: number;
  readonly onReturn: "keep" | "take-back";
  readonly onHousehold: "allow" | "refuse";
};

export function referralTerms({ referral }: ProgrammeDocument): ReferralTerms | undefined {
  if (referral === undefined) return undefined;
  const funders = Object.keys(referral.funders).sort();
  const weightOf = (share: number | string): number =>
    typeof share === "number" ? share : quantities.percentBp(share);
  return {
    leastKopecks: quantities.moneyKopecks(referral.least),
    partners: list(referral.at),
    withinDays: quantities.durationOf(referral.within).count,
    keepDays: quantities.durationOf(referral.keep).count,
    inviterCents: quantities.pointsCentsOf(referral.inviter),
    invitedCents: quantities.pointsCentsOf(referral.invited),
    funders,
    weights: funders.map((funder) => weightOf(referral.funders[funder] as number | string)),
    ...(referral.expiry === undefined ? {} : { expiry: referral.expiry }),
    perMonth: quantities.timesOf(referral.perMonth),
    onReturn: referral.onReturn ?? "take-back",
    onHousehold: referral.onHousehold ?? "refuse",
  };
}
