import type { PartnerId } from "#kernel/ids.ts";
import type { BasisPoints, Kopecks } from "#kernel/money.ts";
import type { Party } from "./core/party.ts";
import type { FeeRule } from "./core/programme-fees.ts";
import type { Fee } from "./core/settlement.ts";

/** What a settlement needs to know beside the movements; from the programme in force at the month's end. */
export type SettlementTerms = {
  readonly operator: PartnerId;
  readonly parties: readonly Party[];
  /** Kopecks that one point is worth; 100 unless the programme says otherwise. */
  readonly pointKopecks: Kopecks;
  /** Share of outstanding points that is expected to be spent, for the expected claim. */
  readonly redemptionBp: BasisPoints;
  /** Fees that are known before the sums of the month are. */
  readonly fees: readonly Fee[];
  /** Fees that are computed of them; absent where a closed month is rebuilt, whose fees are what they were. */
  readonly feeRules?: readonly FeeRule[];
};
