import {
  type CompiledProgramme,
  isSharedKey,
  type MemberStanding,
  price,
  type Receipt,
  type Trait,
} from "#domains/program/index.ts";
import type { PartnerId } from "#kernel/ids.ts";
import type { PointsCents } from "#kernel/money.ts";

export type Priceable = { readonly receipt: Receipt; readonly programme: CompiledProgramme };

export type Sums = { readonly withCents: PointsCents; readonly withoutCents: PointsCents };

/** What the same receipts earn with a subscription and without it. */
export type Comparison = Sums & {
  readonly receipts: number;
  /** Receipts that the programme can't price any more, such as those of a store that is gone. */
  readonly skipped: number;
  /** Rules whose points differ. */
  readonly rules: readonly (Sums & { readonly rule: string })[];
  readonly partners: readonly (Sums & { readonly partner: PartnerId })[];
};

type Side = {
  readonly traits: readonly Trait[];
  readonly capUse: Map<string, number>;
  readonly rules: Map<string, PointsCents>;
  readonly partners: Map<PartnerId, PointsCents>;
  cents: PointsCents;
};

/**
 * Prices receipts twice, in their order: for the member as it is, once with the plan all the time and once without. Caps
 * are used up on each side by what that side earned, from the first receipt on; budgets are taken as not exhausted.
 */
export function compare(
  receipts: readonly Priceable[],
  traits: readonly Trait[],
  firstPurchaseAt: MemberStanding["firstPurchaseAt"],
  plan: string,
): Comparison {
  const others = traits.filter(({ kind, key }) => kind !== "subscription" || key !== plan);
  const without = side(others);
  const having = side([...others, { kind: "subscription", key: plan, fromAt: 0 }]);
  let skipped = 0;
  for (const { receipt, programme } of receipts) {
    const standing = { firstPurchaseAt, activeCents: receipt.spendCents };
    const isPriced = [without, having].map((each) => addTo(each, receipt, programme, standing));
    if (isPriced.includes(false)) skipped++;
  }
  return {
    withCents: having.cents,
    withoutCents: without.cents,
    receipts: receipts.length - skipped,
    skipped,
    rules: pairs(having.rules, without.rules)
      .filter(([, sums]) => sums.withCents !== sums.withoutCents)
      .map(([rule, sums]) => ({ rule, ...sums })),
    partners: pairs(having.partners, without.partners).map(([partner, sums]) => ({ partner, ...sums })),
  };
}

function side(traits: readonly Trait[]): Side {
  return { traits, capUse: new Map(), rules: new Map(), partners: new Map(), cents: 0 };
}

function addTo(
  each: Side,
  receipt: Receipt,
  programme: CompiledProgramme,
  standing: Pick<MemberStanding, "firstPurchaseAt" | "activeCents">,
): boolean {
  const priced = price(receipt, { ...standing, traits: each.traits, capUse: each.capUse }, programme);
  if (!priced.ok) return false;
  const { rules, earnedCents, capUse } = priced.value;
  each.cents += earnedCents;
  add(each.partners, receipt.partner, earnedCents);
  for (const { rule, pointsCents } of rules) add(each.rules, rule, pointsCents);
  for (const { key, amount } of capUse) if (!isSharedKey(key)) add(each.capUse, key, amount);
  return true;
}

function add(sums: Map<string, number>, key: string, amount: number): void {
  sums.set(key, (sums.get(key) ?? 0) + amount);
}

function pairs(having: ReadonlyMap<string, number>, without: ReadonlyMap<string, number>): [string, Sums][] {
  return [...new Set([...having.keys(), ...without.keys()])]
    .sort()
    .map((key) => [key, { withCents: having.get(key) ?? 0, withoutCents: without.get(key) ?? 0 }]);
}
