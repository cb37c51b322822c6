import type { CapTerms, SpendingTerms } from "../compile/compiled.ts";
import type { PricingFailure } from "../types.ts";
import { capUseKey, leftOf } from "./cap-use.ts";
import { lineFits, receiptFits } from "./eligible.ts";
import { type Scratch, scratch } from "./scratch.ts";
import { small } from "./small.ts";
import { splitInto } from "./split.ts";
import { centsOfKopecks, kopecksOfCents, shareOf } from "./value.ts";

/** What the spending rules say of one receipt: the most, and what bounds it. */
export type SpendPlan = {
  rule: SpendingTerms | undefined;
  spendableCents: number;
  /** `place`, `category`, `share`, `least`, `balance`, or `cap:<id>`. */
  limit: string;
  /** Eligible kopecks of each line; one cell more for the delivery fee. */
  eligible: Float64Array;
  eligibleKopecks: number;
};

const { lineAmount, linePaid } = scratch;

const plan: SpendPlan = {
  rule: undefined,
  spendableCents: 0,
  limit: "place",
  eligible: new Float64Array(17),
  eligibleKopecks: 0,
};
let shares = new Float64Array(17);

/** Finds how many points may be spent; the plan is valid until the next call. */
export function planSpend(s: Scratch): SpendPlan {
  const rules = s.store.partner.plan.spending;
  plan.rule = undefined;
  plan.spendableCents = 0;
  plan.limit = "place";
  if (plan.eligible.length < s.lineCount + 1) plan.eligible = new Float64Array(s.lineCount * 2 + 1);
  for (let i = 0; i < rules.length; i++) {
    const rule = rules[i] as SpendingTerms;
    if (!receiptFits(rule.condition, rule.condition.placeMask, s)) continue;
    plan.eligibleKopecks = markEligible(rule, s);
    if (plan.eligibleKopecks <= 0 || plan.eligibleKopecks < rule.condition.eligibleFrom) {
      plan.limit = "category";
      continue;
    }
    if (plan.eligibleKopecks >= rule.condition.eligibleBelow) continue;
    plan.rule = rule;
    boundSpend(rule, s);
    break;
  }
  return plan;
}

function markEligible(rule: SpendingTerms, s: Scratch): number {
  let sum = 0;
  for (let i = 0; i < s.lineCount; i++) {
    const amount = lineFits(rule.condition, s, i) ? (lineAmount[i] as number) : 0;
    plan.eligible[i] = amount;
    sum += amount;
  }
  const delivery = rule.takesDeliveryFee ? s.receipt.deliveryFeeKopecks : 0;
  plan.eligible[s.lineCount] = delivery;
  return sum + delivery;
}

function boundSpend(rule: SpendingTerms, s: Scratch): void {
  const delivery = plan.eligible[s.lineCount] as number;
  const shareBase = rule.shareOfReceipt ? s.totalKopecks + delivery : plan.eligibleKopecks;
  const share = shareOf(shareBase, rule.largestShareBp);
  let most = centsOfKopecks(Math.min(share, plan.eligibleKopecks), s.programme);
  plan.limit = share < plan.eligibleKopecks ? "share" : "category";
  for (let i = 0; i < rule.caps.length; i++) {
    const cap = rule.caps[i] as CapTerms;
    const left = leftOf(cap, capUseKey(cap, s), s.totalKopecks, s);
    if (left < most) {
      most = left;
      plan.limit = `cap:${cap.id}`;
    }
  }
  if (s.standing.activeCents < most) {
    most = s.standing.activeCents;
    plan.limit = "balance";
  }
  if (rule.stepCents > 1) most -= most % rule.stepCents;
  if (most < rule.leastCents) {
    most = 0;
    plan.limit = "least";
  }
  plan.spendableCents = Math.max(most, 0);
}

/** Why the spend asked for is refused, undefined when it is allowed. */
export function refuseSpend(s: Scratch): PricingFailure | undefined {
  const cents = s.receipt.spendCents;
  const { rule, spendableCents, limit } = plan;
  if (cents === 0) return undefined;
  const refuse = (code: "spend-not-allowed" | "spend-over-limit", by: string): PricingFailure => ({
    code,
    pointer: "/spend",
    spendableCents,
    limit: by,
  });
  if (rule === undefined) return refuse("spend-not-allowed", limit);
  if (cents > spendableCents) return refuse(spendableCents === 0 ? "spend-not-allowed" : "spend-over-limit", limit);
  if (cents < rule.leastCents) return refuse("spend-not-allowed", "least");
  if (cents % rule.stepCents !== 0) return refuse("spend-not-allowed", "step");
  return undefined;
}

/**
 * Allocates the points spent to eligible lines in proportion to their amounts, by largest remainder, ties by line.
 * Points that pay the delivery fee are in no line: their sum is the spend minus that of the lines.
 */
export function allocateSpend(s: Scratch): number[] {
  const count = s.lineCount;
  const spent = new Array<number>(count);
  const cents = s.receipt.spendCents;
  if (cents === 0) {
    for (let i = 0; i < count; i++) spent[i] = 0;
    return spent;
  }
  const cells = count + ((plan.eligible[count] as number) > 0 ? 1 : 0);
  if (shares.length < cells) shares = new Float64Array(cells * 2);
  const paid = kopecksOfCents(cents, s.programme);
  splitInto(paid, plan.eligible, 0, cells, shares, 0);
  for (let i = 0; i < count; i++) {
    linePaid[i] = shares[i] as number;
    s.paidKopecks += shares[i] as number;
  }
  if (cells > count) s.deliveryMoneyKopecks -= shares[count] as number;
  if (paid !== cents) splitInto(cents, plan.eligible, 0, cells, shares, 0);
  for (let i = 0; i < count; i++) spent[i] = small(shares[i] as number);
  return spent;
}
