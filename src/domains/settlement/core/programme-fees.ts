import type { PartnerId } from "#kernel/ids.ts";
import { applyRate, type BasisPoints, type Kopecks } from "#kernel/money.ts";
import type { FunderBalance } from "./funder-balance.ts";
import { kopecksOf, type SettlementLine } from "./line.ts";
import type { Language } from "./party.ts";
import type { Fee } from "./settlement.ts";

/** What partners pay the operator for a month: a share of points, or a fixed sum. */
export type FeeRule = {
  readonly id: string;
  readonly title: { readonly [language in Language]: string };
  readonly partners: readonly PartnerId[];
  readonly charge: { readonly kopecks: Kopecks } | FeeShare;
};

/** `issued`: given by the partner, less taken back. `redeemed`: others' points spent at it, less given back. */
export type FeeShare = {
  readonly of: "issued" | "redeemed";
  readonly rateBp: BasisPoints;
  readonly atLeastKopecks: Kopecks;
};

export type FeeBasis = {
  readonly operator: PartnerId;
  readonly pointKopecks: Kopecks;
  readonly balances: readonly FunderBalance[];
  readonly lines: readonly SettlementLine[];
};

/**
 * The fees of a month. A share is rounded half up to the kopeck, once per partner; where more came back than was given
 * it is 0, or the least sum. The operator pays none; who owes nothing is left out.
 */
export function programmeFees(rules: readonly FeeRule[], basis: FeeBasis): Fee[] {
  return rules.flatMap(({ id, title, partners, charge }) =>
    partners
      .filter((partner) => partner !== basis.operator)
      .map((partner) => ({
        ...{ partner, kind: "programme" as const, reason: id, title },
        kopecks: "kopecks" in charge ? charge.kopecks : shareOf(charge, partner, basis),
      }))
      .filter(({ kopecks }) => kopecks > 0),
  );
}

function shareOf({ of, rateBp, atLeastKopecks }: FeeShare, partner: PartnerId, basis: FeeBasis): Kopecks {
  const whole = of === "issued" ? issuedBy(partner, basis) : redeemedAt(partner, basis);
  return Math.max(atLeastKopecks, applyRate(Math.max(0, whole), rateBp, "half-up"));
}

function issuedBy(partner: PartnerId, { balances, pointKopecks }: FeeBasis): Kopecks {
  const balance = balances.find(({ funder }) => funder === partner);
  return balance === undefined ? 0 : kopecksOf(balance.issuedCents - balance.takenBackCents, pointKopecks);
}

function redeemedAt(partner: PartnerId, { lines }: FeeBasis): Kopecks {
  const others = lines.filter((line) => line.redeemer === partner && line.funder !== partner);
  return others.reduce((sum, { kopecks }) => sum + kopecks, 0);
}
