import { benefitOf, forecastOffer, mostUses, type OfferForecast, type StoredPromo } from "#domains/offers/index.ts";
import { quantities } from "#domains/program/index.ts";
import { countMembers } from "#flows/missions/index.ts";
import type { ManageDeps, StatedUse } from "#flows/publishing/index.ts";
import { CODE_USE } from "./forecast-offer.ts";

/** A code's award times those who will use one; codes that give an offer or a price cost nothing by themselves. */
export async function computePromoForecast(
  deps: ManageDeps,
  { document, hash }: StoredPromo,
  { using, spendBp = 10_000 }: StatedUse,
): Promise<OfferForecast> {
  const members = await countMembers(deps.pool);
  const benefit = benefitOf(document);
  const most = mostUses(document) ?? Number.MAX_SAFE_INTEGER;
  return forecastOffer(
    {
      hash,
      madeAt: deps.clock.now(),
      days: 0,
      fixedCents: benefit.kind === "points" ? benefit.cents : 0,
      mostCents: 0,
      funders: document.funders ?? {},
      budgetCents: document.budget === undefined ? undefined : quantities.pointsCentsOf(document.budget),
      mostUsers: most,
    },
    { using: using ?? CODE_USE, usingIs: "stated", spendBp },
    { audience: members, sampledMembers: 0, sampledDays: 0, perMember: { low: 0, expected: 0, high: 0 } },
  );
}
