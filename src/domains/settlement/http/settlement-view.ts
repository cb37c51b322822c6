import type { PartnerId } from "#kernel/ids.ts";
import { formatInstant } from "#kernel/time.ts";
import type { SettlementLine } from "../core/line.ts";
import type { Settlement } from "../core/settlement.ts";
import type { LineReceipt } from "../store/line-receipts.ts";
import type { StoredSettlement } from "../store/settlements.ts";

/** Whether a row that names partners may be seen: all rows by the coalition's own people, its own ones by a partner. */
export function isSeenBy(viewer: PartnerId | undefined, ...named: readonly PartnerId[]): boolean {
  return viewer === undefined || named.includes(viewer);
}

/** A settlement as the API shows it to one partner, or (undefined) to the coalition's own people. */
export function settlementView(
  settlement: Settlement,
  stored: StoredSettlement | undefined,
  viewer: PartnerId | undefined,
) {
  const { operator } = settlement;
  const differences = viewer === undefined ? stored?.refusal?.differences : undefined;
  return {
    month: settlement.month,
    ...stateView(stored),
    ...(stored?.state === "closing" ? { step: stored.step } : {}),
    firstDay: settlement.firstDay,
    lastDay: settlement.lastDay,
    operator,
    pointValueKopecks: settlement.pointKopecks,
    pairs: settlement.pairs
      .filter((pair) => isSeenBy(viewer, pair.funder, pair.redeemer))
      .map(({ kopecks, ...pair }) => ({ ...pair, amountKopecks: kopecks })),
    fees: settlement.fees
      .filter((fee) => isSeenBy(viewer, fee.partner, operator))
      .map(({ kopecks, ...fee }) => ({ ...fee, amountKopecks: kopecks })),
    net: settlement.positions.filter((each) => isSeenBy(viewer, each.partner)),
    transfers: settlement.transfers
      .filter((each) => isSeenBy(viewer, each.from, each.to))
      .map(({ kopecks, ...transfer }) => ({ ...transfer, amountKopecks: kopecks })),
    balances: settlement.balances.filter((each) => isSeenBy(viewer, each.funder)),
    ...(differences === undefined ? {} : { differences: [...differences] }),
  };
}

export function stateView(stored: StoredSettlement | undefined) {
  return {
    state: stored?.state ?? ("open" as const),
    ...(stored?.closedAt === undefined ? {} : { closedAt: formatInstant(stored.closedAt) }),
    ...(stored?.digest === undefined ? {} : { digest: stored.digest }),
  };
}

export function lineView({ cents, kopecks, ...line }: SettlementLine) {
  return { ...line, pointsCents: cents, amountKopecks: kopecks };
}

export function lineReceiptView({ cents, ...receipt }: LineReceipt) {
  return { ...receipt, pointsCents: cents };
}
