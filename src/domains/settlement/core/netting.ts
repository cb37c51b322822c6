import type { PartnerId } from "#kernel/ids.ts";
import { invariant } from "#kernel/invariant.ts";
import type { Kopecks } from "#kernel/money.ts";

/** `from` owes `to`; below zero the other way round (a credit). */
export type Obligation = { readonly from: PartnerId; readonly to: PartnerId; readonly kopecks: Kopecks };

/** Where a partner stands when everything is set off against everything: net = owed to it less what it owes. */
export type Position = {
  readonly partner: PartnerId;
  readonly owesKopecks: Kopecks;
  readonly owedKopecks: Kopecks;
  readonly netKopecks: Kopecks;
};

export type Transfer = { readonly from: PartnerId; readonly to: PartnerId; readonly kopecks: Kopecks };

/**
 * Multilateral netting: one position per partner, sorted by partner, summing to zero. What a partner owes itself is
 * left out.
 */
export function netPositions(obligations: readonly Obligation[]): Position[] {
  const sums = new Map<PartnerId, { owes: Kopecks; owed: Kopecks }>();
  const sumsOf = (partner: PartnerId) => {
    const found = sums.get(partner) ?? { owes: 0, owed: 0 };
    sums.set(partner, found);
    return found;
  };
  for (const { from, to, kopecks } of obligations) {
    if (from === to) continue;
    sumsOf(from).owes += kopecks;
    sumsOf(to).owed += kopecks;
  }
  const positions = [...sums.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([partner, { owes, owed }]) => ({
      partner,
      owesKopecks: owes,
      owedKopecks: owed,
      netKopecks: owed - owes,
    }));
  const sum = positions.reduce((total, position) => total + position.netKopecks, 0);
  invariant(sum === 0, `net positions sum to ${sum}`);
  return positions;
}

/**
 * The payments that settle the positions: the largest debtor pays the largest creditor until both lists are empty, ties
 * by partner. At most partners − 1 payments; depends on the positions alone, not on the order of the obligations.
 */
export function transfersOf(positions: readonly Position[]): Transfer[] {
  const debtors = positions.filter((each) => each.netKopecks < 0).map(open);
  const creditors = positions.filter((each) => each.netKopecks > 0).map(open);
  const transfers: Transfer[] = [];
  for (;;) {
    const debtor = largest(debtors);
    const creditor = largest(creditors);
    if (!debtor || !creditor) break;
    const kopecks = Math.min(debtor.left, creditor.left);
    debtor.left -= kopecks;
    creditor.left -= kopecks;
    transfers.push({ from: debtor.partner, to: creditor.partner, kopecks });
  }
  return transfers.sort((a, b) => (a.from === b.from ? order(a.to, b.to) : order(a.from, b.from)));
}

type Side = { readonly partner: PartnerId; left: Kopecks };

function open(position: Position): Side {
  return { partner: position.partner, left: Math.abs(position.netKopecks) };
}

function largest(sides: readonly Side[]): Side | undefined {
  let best: Side | undefined;
  for (const side of sides) if (side.left > 0 && (!best || side.left > best.left)) best = side;
  return best;
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
