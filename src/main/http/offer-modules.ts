import type { Pool } from "pg";
import { createIdentifierKeys } from "#domains/identity/index.ts";
import type { MaySeeMember } from "#domains/ledger/http/index.ts";
import { createCodes } from "#domains/offers/index.ts";
import type { Programmes } from "#domains/program/index.ts";
import { cardRoutes } from "#flows/card-feed/http/index.ts";
import type { Checkout } from "#flows/checkout/index.ts";
import { offersRoutes } from "#flows/offers/http/index.ts";
import { createFindByIdentifier } from "#flows/offers/index.ts";
import { referralRoutes } from "#flows/referral/http/index.ts";
import type { Clock } from "#platform/clock.ts";
import type { RouteModule } from "#platform/http/app.ts";
import type { ProblemRegistry } from "#platform/http/problem-registry.ts";
import type { Logger } from "#platform/log.ts";
import { isConnectionLost } from "#platform/postgres/pool.ts";

export type OfferModuleDeps = {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: (count: number) => Uint8Array;
  readonly programmes: Programmes;
  readonly checkout: Checkout;
  readonly problems: ProblemRegistry;
  readonly maySeeMember: MaySeeMember;
  readonly identifierSecret?: Uint8Array;
};

/** Offers, vouchers, promo codes, card transactions and referral, with what a secret makes for them. */
export function offerModules(deps: OfferModuleDeps): RouteModule[] {
  const { pool } = deps;
  const secret = deps.identifierSecret ?? deps.random(32);
  const found = { codes: createCodes(secret), findByIdentifier: createFindByIdentifier(pool, secret) };
  const all = { ...deps, ...found, identifierKey: createIdentifierKeys(secret), isUnavailable: isConnectionLost };
  return [offersRoutes(all), cardRoutes(all), referralRoutes(all)];
}
