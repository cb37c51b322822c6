import { quantities } from "#domains/program/index.ts";
import type { AudienceView, LifeState } from "#domains/publishing/index.ts";
import type { PartnerId } from "#kernel/ids.ts";
import type { Kopecks, PointsCents } from "#kernel/money.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import type { Calendar, EpochMs } from "#kernel/time.ts";
import { isAudience, offerPeriod } from "../standing.ts";
import type { PromoDocument } from "./schema.ts";

/** What a code gives, as it is kept with each use. */
export type Benefit =
  | { readonly kind: "offer"; readonly offer: string }
  | {
      readonly kind: "points";
      readonly cents: PointsCents;
      readonly expiry?: string;
      /** Sorted by funder. */
      readonly funders: readonly PartnerId[];
      readonly weights: readonly number[];
    }
  | {
      readonly kind: "subscription";
      readonly subscription: string;
      readonly priceKopecks: Kopecks;
      readonly periods: number;
    };

export function benefitOf({ gives, funders = {} }: PromoDocument): Benefit {
  if (gives.offer !== undefined) return { kind: "offer", offer: gives.offer };
  if (gives.points !== undefined) {
    const sorted = Object.keys(funders).sort();
    return {
      kind: "points",
      cents: quantities.pointsCentsOf(gives.points),
      ...(gives.expiry === undefined ? {} : { expiry: gives.expiry }),
      funders: sorted,
      weights: sorted.map((funder) => funders[funder] as number),
    };
  }
  return {
    kind: "subscription",
    subscription: gives.subscription as string,
    priceKopecks: quantities.moneyKopecks(gives.price as string),
    periods: quantities.timesOf(gives.periods as string),
  };
}

/** How often all codes together may be used; undefined for as often as there are members. */
export function mostUses({ unique, limit }: PromoDocument): number | undefined {
  return unique ?? (limit === undefined ? undefined : quantities.timesOf(limit));
}

export function mostPerMember({ perMember }: PromoDocument): number {
  return perMember === undefined ? 1 : quantities.timesOf(perMember);
}

export type PromoClosed =
  | { readonly code: "promo-not-begun"; readonly at: EpochMs }
  | { readonly code: "promo-closed"; readonly state: LifeState | "over" }
  | { readonly code: "promo-not-for-you" };

/** Whether a promo may be used by a member now; counts apart. Pure. */
export function judgePromo(
  promo: { readonly state: LifeState; readonly document: PromoDocument },
  member: AudienceView,
  calendar: Calendar,
  now: EpochMs,
): Result<undefined, PromoClosed> {
  const { fromAt, untilAt } = offerPeriod(promo.document, calendar);
  if (promo.state !== "live") return err({ code: "promo-closed", state: promo.state });
  if (now >= untilAt) return err({ code: "promo-closed", state: "over" });
  if (now < fromAt) return err({ code: "promo-not-begun", at: fromAt });
  return isAudience(promo.document, member, now) ? ok(undefined) : err({ code: "promo-not-for-you" });
}
