import type { App } from "#platform/http/app.ts";
import { type MemberOfferDeps, memberOfferRoutes } from "./member-offer-routes.ts";
import { type AssignmentDeps, assignmentRoute, offerRoutes, promoRoutes } from "./offer-routes.ts";
import { type PromoCodeDeps, promoCodeRoutes } from "./promo-code-routes.ts";

export { OFFER_PROBLEMS, PROMO_PROBLEMS } from "./problems.ts";

/** Offers, vouchers and promo codes. */
export function offersRoutes(deps: AssignmentDeps & MemberOfferDeps & PromoCodeDeps): (app: App) => void {
  const modules = [
    offerRoutes(deps),
    assignmentRoute(deps),
    memberOfferRoutes(deps),
    promoRoutes(deps),
    promoCodeRoutes(deps),
  ];
  return (app) => {
    for (const register of modules) register(app);
  };
}
