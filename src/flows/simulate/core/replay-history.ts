import {
  type CompiledProgramme,
  type MemberStanding,
  price,
  type Receipt,
  type Trait,
} from "#domains/program/index.ts";
import type { PartnerId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";

/** What a member earned of receipts, hundredths of a point. */
export type Earned = { readonly byFunder: Map<string, number>; readonly byPartner: Map<PartnerId, number> };

export type HistoryStanding = {
  readonly traits: readonly Trait[];
  /** Purchases before these receipts. */
  readonly firstPurchaseAt: ReadonlyMap<PartnerId, EpochMs>;
};

/**
 * Prices a member's receipts, in the order of their time, under a programme: each with the use of caps that the ones before
 * left. Budgets are not looked at: they are everybody's. A receipt that the programme can't price earns nothing.
 */
export function replayHistory(
  programme: CompiledProgramme,
  { traits, firstPurchaseAt }: HistoryStanding,
  receipts: readonly Receipt[],
): Earned {
  const capUse = new Map<string, number>();
  const firsts = new Map(firstPurchaseAt);
  const earned: Earned = { byFunder: new Map(), byPartner: new Map() };
  for (const receipt of receipts) {
    const standing: MemberStanding = { traits, capUse, firstPurchaseAt: firsts, activeCents: receipt.spendCents };
    const priced = price(receipt, standing, programme);
    const { partner, at } = receipt;
    if (!firsts.has(partner)) firsts.set(partner, at);
    if (!priced.ok) continue;
    for (const { key, amount } of priced.value.capUse) add(capUse, key, amount);
    for (const { funders, amountCents } of priced.value.earned) {
      funders.forEach((funder, f) => {
        add(earned.byFunder, funder, amountCents[f] as number);
        add(earned.byPartner, partner, amountCents[f] as number);
      });
    }
  }
  return earned;
}

/** What one replay gave more than another. */
export function earnedMore(more: Earned, less: Earned): Earned {
  const difference = (a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>) => {
    const found = new Map(a);
    for (const [key, cents] of b) add(found, key, -cents);
    for (const [key, cents] of found) if (cents === 0) found.delete(key);
    return found;
  };
  return {
    byFunder: difference(more.byFunder, less.byFunder),
    byPartner: difference(more.byPartner, less.byPartner),
  };
}

/** The same receipts again, so many days later each time, until `count` times are there: a past made as long as is needed. */
export function repeated(receipts: readonly Receipt[], everyMs: number, count: number): Receipt[] {
  return Array.from({ length: count }, (_, i) =>
    i === 0 ? receipts : receipts.map((receipt) => ({ ...receipt, at: receipt.at + i * everyMs })),
  ).flat();
}

function add(sums: Map<string, number>, key: string, cents: number): void {
  sums.set(key, (sums.get(key) ?? 0) + cents);
}
