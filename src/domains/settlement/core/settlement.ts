import type { PartnerId } from "#kernel/ids.ts";
import type { BasisPoints, Kopecks } from "#kernel/money.ts";
import { firstDayOf, formatDay, formatMonth, lastDayOf, type Month } from "#kernel/time.ts";
import { type FunderBalance, funderBalances, type OpeningBalance } from "./funder-balance.ts";
import { linesOf, type SettlementLine } from "./line.ts";
import { netPositions, type Obligation, type Position, type Transfer, transfersOf } from "./netting.ts";
import { type Language, type Party, unknownParty } from "./party.ts";
import { type FeeRule, programmeFees } from "./programme-fees.ts";
import type { AccountTotal } from "./totals.ts";

/** What `partner` pays to the operator beside points; below zero it is credited. */
export type Fee = {
  readonly partner: PartnerId;
  readonly kind: "programme" | "acquisition";
  /** Id of the mission or of the programme's fee. */
  readonly reason: string;
  /** What stands on the act instead of the id. */
  readonly title?: { readonly [language in Language]: string };
  readonly kopecks: Kopecks;
};

/** Everything a settlement depends on: the same input gives the same bytes. */
export type SettlementInput = {
  readonly month: Month;
  readonly operator: PartnerId;
  readonly totals: readonly AccountTotal[];
  readonly opening: readonly OpeningBalance[];
  readonly fees: readonly Fee[];
  readonly feeRules?: readonly FeeRule[];
  readonly parties: readonly Party[];
  /** Kopecks that one point is worth. */
  readonly pointKopecks: Kopecks;
  /** Share of outstanding points that is expected to be spent. */
  readonly redemptionBp: BasisPoints;
};

/** Funder owes redeemer, all lines of the pair together; a pair below zero is settled by a credit note. */
export type Pair = {
  readonly funder: PartnerId;
  readonly redeemer: PartnerId;
  readonly kopecks: Kopecks;
  readonly document: "claim" | "credit-note" | "own";
};

export type Settlement = {
  readonly v: 1;
  readonly month: string;
  readonly firstDay: string;
  readonly lastDay: string;
  readonly operator: PartnerId;
  readonly pointKopecks: Kopecks;
  readonly redemptionBp: BasisPoints;
  readonly lines: readonly SettlementLine[];
  readonly pairs: readonly Pair[];
  readonly fees: readonly Fee[];
  readonly balances: readonly FunderBalance[];
  readonly positions: readonly Position[];
  readonly transfers: readonly Transfer[];
  readonly parties: readonly Party[];
};

/** Settles a month from its sums. Sorted throughout; integers only. */
export function settle(input: SettlementInput): Settlement {
  const lines = linesOf(input.month, input.totals, input.pointKopecks);
  const balances = funderBalances(input.totals, input.opening, input.redemptionBp);
  const fees = [...input.fees, ...programmeFees(input.feeRules ?? [], { ...input, lines, balances })].sort(compareFees);
  const obligations: Obligation[] = [
    ...lines.map((line) => ({ from: line.funder, to: line.redeemer, kopecks: line.kopecks })),
    ...fees.map((fee) => ({ from: fee.partner, to: input.operator, kopecks: fee.kopecks })),
  ];
  const positions = netPositions(obligations);
  const concerned = new Set<PartnerId>([input.operator, ...positions.map((each) => each.partner)]);
  for (const each of balances) concerned.add(each.funder);
  for (const each of lines) concerned.add(each.redeemer);
  return {
    v: 1,
    month: formatMonth(input.month),
    firstDay: formatDay(firstDayOf(input.month)),
    lastDay: formatDay(lastDayOf(input.month)),
    operator: input.operator,
    pointKopecks: input.pointKopecks,
    redemptionBp: input.redemptionBp,
    lines,
    pairs: pairsOf(lines),
    fees,
    balances,
    positions,
    transfers: transfersOf(positions),
    parties: [...concerned].sort().map((id) => input.parties.find((party) => party.id === id) ?? unknownParty(id)),
  };
}

function pairsOf(lines: readonly SettlementLine[]): Pair[] {
  const pairs: Pair[] = [];
  for (const { funder, redeemer, kopecks } of lines) {
    const last = pairs.at(-1);
    const isSame = last?.funder === funder && last.redeemer === redeemer;
    const sum = (isSame ? last.kopecks : 0) + kopecks;
    if (isSame) pairs.pop();
    const document = funder === redeemer ? "own" : sum < 0 ? "credit-note" : "claim";
    pairs.push({ funder, redeemer, kopecks: sum, document });
  }
  return pairs;
}

function compareFees(a: Fee, b: Fee): number {
  const left = [a.partner, a.kind, a.reason];
  const right = [b.partner, b.kind, b.reason];
  for (let i = 0; i < left.length; i++) {
    if (left[i] !== right[i]) return (left[i] as string) < (right[i] as string) ? -1 : 1;
  }
  return a.kopecks - b.kopecks;
}
