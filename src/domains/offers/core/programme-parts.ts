import { OFFER_PREFIX, type ProgrammeDocument } from "#domains/program/index.ts";
import type { OfferDocument } from "./document/schema.ts";

export type OfferParts = Pick<ProgrammeDocument, "boosts" | "campaigns" | "caps" | "rules">;

/** Below missions' boosts (60) and above the bank's card: an offer is shown among the extras. */
const PRIORITY = 55;
/** A limit that nobody reaches: the cap counts uses, so that "not used yet" and "used 3 times" are in the wallet. */
const UNCOUNTED = "999999 times";

/** The boost, campaign and rule of an offer have this name. */
export function offerKey(id: string): string {
  return `${OFFER_PREFIX}${id}`;
}

export type OfferLimit = "receipt" | "day" | "month" | "total" | "times" | "budget";

export function offerCap(id: string, limit: OfferLimit): string {
  return `${offerKey(id)}-${limit}`;
}

/** How pricing names the use of a limit that holds for the whole offer. */
export function offerUseKey(id: string, limit: "total" | "times" | "budget"): string {
  return `${limit === "budget" ? "b" : "c"}:${offerCap(id, limit)}|k${offerKey(id)}`;
}

/** Whether somebody must hold it: assigned by name, or activated. Else it is everybody's of its audience. */
export function isHeld({ personal, activation }: Pick<OfferDocument, "personal" | "activation">): boolean {
  return personal === true || activation === true;
}

/**
 * What an offer brings into the programme, in the programme's own words; undefined for a voucher. Held offers ask for a
 * boost, which an assignment or an activation gives as a trait; others for the segment or level itself.
 */
export function offerParts(id: string, offer: OfferDocument): OfferParts | undefined {
  if (offer.voucher !== undefined) return undefined;
  const key = offerKey(id);
  const { name } = offer;
  const caps: OfferParts["caps"] = {};
  const { limits = {} } = offer;
  const periods = { receipt: "receipt", day: "day", month: "month", total: "campaign" } as const;
  for (const [limit, per] of Object.entries(periods) as [keyof typeof periods, (typeof periods)["receipt"]][]) {
    const most = limits[limit];
    if (most !== undefined) caps[offerCap(id, limit)] = { name, per, limit: most };
  }
  caps[offerCap(id, "times")] = { name, per: "campaign", limit: limits.times ?? UNCOUNTED };
  if (offer.budget !== undefined) {
    caps[offerCap(id, "budget")] = { name, per: "campaign", limit: offer.budget, of: "everyone" };
  }
  return {
    boosts: isHeld(offer) ? { [key]: { name } } : {},
    campaigns: { [key]: { name, from: offer.from, until: offer.until, partner: offer.partner } },
    caps,
    rules: {
      [key]: {
        name,
        when: whenOf(key, offer),
        earn: earnOf(offer),
        ...(offer.funders === undefined ? {} : { funders: offer.funders }),
        priority: PRIORITY,
        campaign: key,
        caps: Object.keys(caps),
        ...(offer.expiry === undefined ? {} : { expiry: { after: offer.expiry } }),
        note: `Offer ${id} of ${offer.partner}.`,
      },
    },
  };
}

type Rule = ProgrammeDocument["rules"][string];

function whenOf(key: string, offer: OfferDocument): NonNullable<Rule["when"]> {
  const { at, category, exceptCategory, atLeast, audience, partner } = offer;
  return {
    partner: at ?? partner,
    ...(category === undefined ? {} : { category }),
    ...(exceptCategory === undefined ? {} : { exceptCategory }),
    ...(atLeast === undefined ? {} : { eligibleAmount: { atLeast } }),
    ...(isHeld(offer)
      ? { boost: key }
      : {
          ...(audience?.segment === undefined ? {} : { segment: audience.segment }),
          ...(audience?.level === undefined ? {} : { level: audience.level }),
        }),
  };
}

function earnOf({ percent, points, forEach, multiply, of }: OfferDocument): Rule["earn"] {
  if (percent !== undefined) return { percent };
  if (points !== undefined) return { points, ...(forEach === undefined ? {} : { forEach }) };
  return { multiply: multiply as string, ...(of === undefined ? {} : { of }) };
}
