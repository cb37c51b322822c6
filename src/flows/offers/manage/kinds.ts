import {
  type OfferDocument,
  type OfferForecast,
  offerParts,
  offerPeriod,
  offerStore,
  type PromoDocument,
  parseOffers,
  parsePromos,
  promoStore,
} from "#domains/offers/index.ts";
import { OFFER_PREFIX } from "#domains/program/index.ts";
import type { WorkKind } from "#flows/publishing/index.ts";
import { ok } from "#kernel/result.ts";

/** Offers as works; what they bring into the programme leaves it when they are paused or end. */
export const OFFERS: WorkKind<"offer", OfferDocument, OfferForecast> = {
  kind: "offer",
  store: offerStore,
  read: async (_, file, programme) => {
    const parsed = parseOffers(file.text, file.name, programme);
    return parsed.ok ? ok(parsed.value.offers) : parsed;
  },
  endsAt: (document, calendar) => offerPeriod(document, calendar).untilAt,
  parts: offerParts,
  leavingPrefix: OFFER_PREFIX,
};

/** Promos as works; they bring nothing into the programme: a code gives an offer, an award or a price. */
export const PROMOS: WorkKind<"promotion", PromoDocument, OfferForecast> = {
  kind: "promotion",
  store: promoStore,
  read: async ({ pool }, file, programme) => {
    const offers = Object.fromEntries((await offerStore.list(pool)).map(({ id, document }) => [id, document]));
    const parsed = parsePromos(file.text, file.name, programme, offers);
    return parsed.ok ? ok(parsed.value.promotions) : parsed;
  },
  endsAt: (document, calendar) => offerPeriod(document, calendar).untilAt,
  parts: () => undefined,
};
