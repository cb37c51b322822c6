import type { PartnerId } from "#kernel/ids.ts";
import type { Kopecks } from "#kernel/money.ts";
import { DAY_MS, type EpochMs } from "#kernel/time.ts";
import type { ReferralTerms } from "./terms.ts";

/** A purchase of the new member with what has come back of it. `moneyKopecks`: points that paid a part are off. */
export type ReferralPurchase = {
  readonly receiptId: string;
  readonly partner: PartnerId;
  readonly at: EpochMs;
  readonly moneyKopecks: Kopecks;
  readonly returns: readonly { readonly at: EpochMs; readonly kopecks: Kopecks }[];
};

/**
 * How far an invitation is. `lookAt`: when time alone may change that.
 * waiting: no real purchase yet; holding: there is one, and it may still be returned; earned: it stayed; undone: it stayed,
 * was rewarded, and has come back since; expired: its days are over, late receipts included.
 */
export type ReferralProgress =
  | { readonly state: "waiting"; readonly lookAt: EpochMs }
  | { readonly state: "holding"; readonly by: string; readonly at: EpochMs; readonly lookAt: EpochMs }
  | { readonly state: "earned"; readonly by: string; readonly at: EpochMs }
  | { readonly state: "undone"; readonly by: string; readonly at: EpochMs; readonly lookAt?: EpochMs }
  | { readonly state: "expired" };

export type EvaluationFrame = {
  readonly acceptedAt: EpochMs;
  readonly now: EpochMs;
  /** How late receipts may come, so that nothing is said to be over too early. */
  readonly lateMs: number;
};

/** Progress by the set of purchases, whatever order they came in. Pure. */
export function evaluateReferral(
  purchases: readonly ReferralPurchase[],
  terms: ReferralTerms,
  { acceptedAt, now, lateMs }: EvaluationFrame,
): ReferralProgress {
  const untilAt = acceptedAt + terms.withinDays * DAY_MS;
  const keepMs = terms.keepDays * DAY_MS;
  const fitting = purchases
    .filter(({ at, partner }) => at >= acceptedAt && at < untilAt && isAt(terms, partner))
    .toSorted((a, b) => a.at - b.at || (a.receiptId < b.receiptId ? -1 : 1));
  // What of a purchase was left when its days of keeping ended, or is left now if they run.
  const real = fitting.filter((each) => leftAt(each, Math.min(now, each.at + keepMs)) >= terms.leastKopecks);
  const kept = real.filter(({ at }) => at + keepMs <= now);
  const standing = kept.find((each) => leftAt(each, now) >= terms.leastKopecks);
  const first = standing ?? kept[0];
  if (standing !== undefined || (first !== undefined && terms.onReturn === "keep")) {
    const { receiptId, at } = first as ReferralPurchase;
    return { state: "earned", by: receiptId, at };
  }
  const held = real.find(({ at }) => at + keepMs > now);
  const later = held === undefined ? {} : { lookAt: held.at + keepMs };
  if (first !== undefined) return { state: "undone", by: first.receiptId, at: first.at, ...later };
  if (held !== undefined) return { state: "holding", by: held.receiptId, at: held.at, lookAt: held.at + keepMs };
  const lastAt = untilAt + lateMs;
  return now >= lastAt ? { state: "expired" } : { state: "waiting", lookAt: lastAt };
}

function isAt({ partners }: ReferralTerms, partner: PartnerId): boolean {
  return partners.length === 0 || partners.includes(partner);
}

function leftAt({ moneyKopecks, returns }: ReferralPurchase, at: EpochMs): Kopecks {
  return returns.reduce((left, each) => (each.at <= at ? left - each.kopecks : left), moneyKopecks);
}
