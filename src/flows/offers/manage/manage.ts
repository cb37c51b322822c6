import type { StoredOffer, StoredPromo } from "#domains/offers/index.ts";
import {
  type ChangeFailure,
  type ChangeRequest,
  changeWork,
  type Drafted,
  type DraftFailure,
  type DraftRequest,
  draftWorks,
  type ForecastFailure,
  type ForecastRequest,
  keepForecast,
  type ManageDeps,
  planWorks,
  type StatedUse,
} from "#flows/publishing/index.ts";
import { ok, type Result } from "#kernel/result.ts";
import { computeOfferForecast } from "./forecast-offer.ts";
import { computePromoForecast } from "./forecast-promo.ts";
import { OFFERS, PROMOS } from "./kinds.ts";

/** As of missions: drafts of a file, all or none; a forecast of the draft; approval by another person, pause, end. */
export const planOffers = (
  deps: ManageDeps,
  request: DraftRequest,
): Promise<Result<Drafted[], DraftFailure<"offer">>> => planWorks(deps, OFFERS, request);
export const draftOffers = (
  deps: ManageDeps,
  request: DraftRequest,
): Promise<Result<Drafted[], DraftFailure<"offer">>> => draftWorks(deps, OFFERS, request);
export const changeOfferState = (
  deps: ManageDeps,
  request: ChangeRequest,
): Promise<Result<StoredOffer, ChangeFailure<"offer">>> => changeWork(deps, OFFERS, request);
export const forecastOfferDraft = (
  deps: ManageDeps,
  request: ForecastRequest & StatedUse,
): Promise<Result<StoredOffer, ForecastFailure<"offer">>> =>
  keepForecast(deps, OFFERS, request, async (offer) => ok(await computeOfferForecast(deps, offer, request)));

export const planPromos = (
  deps: ManageDeps,
  request: DraftRequest,
): Promise<Result<Drafted[], DraftFailure<"promotion">>> => planWorks(deps, PROMOS, request);
export const draftPromos = (
  deps: ManageDeps,
  request: DraftRequest,
): Promise<Result<Drafted[], DraftFailure<"promotion">>> => draftWorks(deps, PROMOS, request);
export const changePromoState = (
  deps: ManageDeps,
  request: ChangeRequest,
): Promise<Result<StoredPromo, ChangeFailure<"promotion">>> => changeWork(deps, PROMOS, request);
export const forecastPromoDraft = (
  deps: ManageDeps,
  request: ForecastRequest & StatedUse,
): Promise<Result<StoredPromo, ForecastFailure<"promotion">>> =>
  keepForecast(deps, PROMOS, request, async (promo) => ok(await computePromoForecast(deps, promo, request)));
