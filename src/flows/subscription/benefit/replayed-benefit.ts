import type { Wallet } from "#domains/ledger/index.ts";
import type { CompiledProgramme, Programmes, Receipt } from "#domains/program/index.ts";
import type { Plan } from "#domains/subscription/index.ts";
import type { EpochMs } from "#kernel/time.ts";
import type { StoredPurchase } from "../store/read-purchases.ts";
import { compare } from "./compare.ts";
import { type Benefit, benefitOf } from "./declared-benefit.ts";

export type Replayed = Benefit & {
  readonly months: number;
  readonly fromAt: EpochMs;
  readonly untilAt: EpochMs;
};

/**
 * What a plan would have brought on a member's own receipts of a time, less what was returned: each is priced with the
 * programme and the member of its own time, with the plan and without. Deliveries that were paid for at partners where it
 * makes them free count with what was paid.
 */
export function replayedBenefit(
  plan: Plan,
  purchases: readonly StoredPurchase[],
  wallet: Pick<Wallet, "traits" | "firstPurchaseAt">,
  programmes: Programmes,
  period: { readonly months: number; readonly fromAt: EpochMs; readonly untilAt: EpochMs },
): Replayed {
  const current: CompiledProgramme = programmes.current();
  const receipts = purchases.map((purchase) => ({
    receipt: receiptOf(purchase),
    programme: programmes.version(purchase.programmeVersion),
  }));
  const kept = receipts.filter(({ receipt }) => receipt.lines.some(({ amountKopecks }) => amountKopecks > 0));
  const compared = compare(kept, wallet.traits, wallet.firstPurchaseAt, plan.id);
  const delivered = purchases.filter(
    ({ body }) => (body.receipt.deliveryFee ?? 0) > 0 && plan.delivery?.partners.includes(body.receipt.partner),
  );
  const deliveryKopecks = delivered.reduce((sum, { body }) => sum + (body.receipt.deliveryFee ?? 0), 0);
  const benefit = benefitOf(compared, delivered.length, deliveryKopecks, plan, period.months, current);
  return { ...benefit, ...period };
}

/** Without the points that paid for what came back: the money part is what earned. */
function receiptOf({ at, body, returned }: StoredPurchase): Receipt {
  const { partner, store, till, number, channel, lines, deliveryFee, tenders } = body.receipt;
  const bought = lines.reduce((sum, { amount }) => sum + amount, 0);
  const left = bought - returned.reduce((sum, amount) => sum + amount, 0);
  return {
    ...{ partner, store, till, number, at },
    ...(channel === undefined ? {} : { channel }),
    lines: lines.map(({ category, amount, quantity }, i) => ({
      category,
      amountKopecks: amount - (returned[i] ?? 0),
      ...(quantity === undefined ? {} : { quantity }),
    })),
    deliveryFeeKopecks: deliveryFee ?? 0,
    tenders: (tenders ?? []).map(({ kind, amount, bank }) => ({
      kind,
      amountKopecks: amount,
      ...(bank === undefined ? {} : { bank }),
    })),
    spendCents: bought === 0 ? 0 : Math.floor((body.spent.cents * left) / bought),
  };
}
