import type { PartnerId } from "#kernel/ids.ts";
import { invariant } from "#kernel/invariant.ts";
import type { Kopecks, PointsCents } from "#kernel/money.ts";
import type { FunderBalance } from "./funder-balance.ts";
import type { LineKind, SettlementLine } from "./line.ts";
import type { Transfer } from "./netting.ts";
import { type Party, unknownParty } from "./party.ts";
import type { Fee, Settlement } from "./settlement.ts";

export type ActLine = {
  readonly line: string;
  readonly kind: LineKind;
  readonly counterparty: PartnerId;
  readonly cents: PointsCents;
  readonly kopecks: Kopecks;
  readonly cites?: { readonly month: string; readonly line: string };
};

export type ActTotals = {
  /** For points of the partner that were spent elsewhere. */
  readonly payableKopecks: Kopecks;
  /** For points of others that were spent at the partner. */
  readonly receivableKopecks: Kopecks;
  /** Its own points spent at its own tills: shown, not paid. */
  readonly ownKopecks: Kopecks;
  readonly feesPayableKopecks: Kopecks;
  readonly feesReceivableKopecks: Kopecks;
  /** Owed to the partner (above zero) or by it, everything set off. */
  readonly netKopecks: Kopecks;
};

/** One partner's act for one month: its own lines only. */
export type Act = {
  readonly v: 1;
  readonly number: string;
  readonly month: string;
  readonly firstDay: string;
  readonly lastDay: string;
  /** Kopecks that one point is worth. */
  readonly pointKopecks: Kopecks;
  readonly party: Party;
  readonly operator: Party;
  /** Parties named on the lines, sorted by id. */
  readonly counterparties: readonly Party[];
  readonly payable: readonly ActLine[];
  readonly receivable: readonly ActLine[];
  readonly own: readonly ActLine[];
  readonly fees: readonly Fee[];
  readonly totals: ActTotals;
  /** The payments of this partner that settle the whole coalition's net positions. */
  readonly transfers: readonly Transfer[];
  readonly balance?: FunderBalance;
};

/** The partners that get an act: named on a line, a fee or a balance. Sorted. */
export function partnersOfActs(settlement: Settlement): PartnerId[] {
  const partners = new Set<PartnerId>();
  for (const line of settlement.lines) partners.add(line.funder).add(line.redeemer);
  for (const fee of settlement.fees) partners.add(fee.partner).add(settlement.operator);
  for (const balance of settlement.balances) partners.add(balance.funder);
  return [...partners].sort();
}

/** The act of one partner; its net equals the partner's position in the netting. */
export function actOf(settlement: Settlement, partner: PartnerId): Act {
  const payable = settlement.lines.filter((each) => each.funder === partner && each.redeemer !== partner);
  const receivable = settlement.lines.filter((each) => each.redeemer === partner && each.funder !== partner);
  const own = settlement.lines.filter((each) => each.funder === partner && each.redeemer === partner);
  const isOperator = partner === settlement.operator;
  const fees = settlement.fees.filter((fee) => fee.partner === partner || isOperator);
  const totals = totalsOf(settlement, partner, { payable, receivable, own, fees });
  const transfers = settlement.transfers.filter((each) => each.from === partner || each.to === partner);
  const balance = settlement.balances.find((each) => each.funder === partner);
  const named = new Set([...payable, ...receivable].flatMap((each) => [each.funder, each.redeemer]));
  for (const fee of fees) named.add(fee.partner);
  for (const transfer of transfers) named.add(transfer.from).add(transfer.to);
  return {
    v: 1,
    number: `${settlement.month}/${partner}`,
    month: settlement.month,
    firstDay: settlement.firstDay,
    lastDay: settlement.lastDay,
    pointKopecks: settlement.pointKopecks,
    party: partyOf(settlement, partner),
    operator: partyOf(settlement, settlement.operator),
    counterparties: [...named]
      .filter((id) => id !== partner)
      .sort()
      .map((id) => partyOf(settlement, id)),
    payable: payable.map((line) => actLine(line, line.redeemer)),
    receivable: receivable.map((line) => actLine(line, line.funder)),
    own: own.map((line) => actLine(line, partner)),
    fees,
    totals,
    transfers,
    ...(balance ? { balance } : {}),
  };
}

type Parts = {
  readonly payable: readonly SettlementLine[];
  readonly receivable: readonly SettlementLine[];
  readonly own: readonly SettlementLine[];
  readonly fees: readonly Fee[];
};

function totalsOf(settlement: Settlement, partner: PartnerId, parts: Parts): ActTotals {
  const isOperator = partner === settlement.operator;
  const payableKopecks = sumOf(parts.payable);
  const receivableKopecks = sumOf(parts.receivable);
  const feesPayableKopecks = isOperator ? 0 : sumOf(parts.fees);
  const feesReceivableKopecks = isOperator ? sumOf(parts.fees.filter((fee) => fee.partner !== partner)) : 0;
  const netKopecks = receivableKopecks + feesReceivableKopecks - payableKopecks - feesPayableKopecks;
  const position = settlement.positions.find((each) => each.partner === partner);
  invariant(netKopecks === (position?.netKopecks ?? 0), `act of ${partner} and netting differ`);
  return {
    payableKopecks,
    receivableKopecks,
    ownKopecks: sumOf(parts.own),
    feesPayableKopecks,
    feesReceivableKopecks,
    netKopecks,
  };
}

function sumOf(items: readonly { readonly kopecks: Kopecks }[]): Kopecks {
  return items.reduce((sum, item) => sum + item.kopecks, 0);
}

function actLine(line: SettlementLine, counterparty: PartnerId): ActLine {
  return {
    line: line.id,
    kind: line.kind,
    counterparty,
    cents: line.cents,
    kopecks: line.kopecks,
    ...(line.cites ? { cites: line.cites } : {}),
  };
}

function partyOf(settlement: Settlement, id: PartnerId): Party {
  return settlement.parties.find((party) => party.id === id) ?? unknownParty(id);
}
