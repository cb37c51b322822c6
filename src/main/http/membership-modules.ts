import type { Pool } from "pg";
import type { MaySeeMember } from "#domains/ledger/http/index.ts";
import { createCodes } from "#domains/offers/index.ts";
import type { Programmes } from "#domains/program/index.ts";
import { createSandbox, type PaymentProvider } from "#domains/subscription/index.ts";
import type { Checkout } from "#flows/checkout/index.ts";
import { levelRoutes } from "#flows/levels/http/index.ts";
import { benefitRoutes, paymentRoutes, subscriptionRoutes } from "#flows/subscription/http/index.ts";
import type { Clock } from "#platform/clock.ts";
import type { RouteModule } from "#platform/http/app.ts";
import type { ProblemRegistry } from "#platform/http/problem-registry.ts";
import type { Logger } from "#platform/log.ts";

export type MembershipModuleDeps = {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly programmes: Programmes;
  readonly checkout: Checkout;
  readonly problems: ProblemRegistry;
  readonly maySeeMember: MaySeeMember;
  readonly identifierSecret?: Uint8Array;
  readonly paymentProvider?: PaymentProvider;
  readonly log: Logger;
};

/** Levels and subscriptions: with the built-in sandbox where no provider is given (tests, descriptions), and codes where there is a secret. */
export function membershipModules(deps: MembershipModuleDeps): RouteModule[] {
  const { identifierSecret, paymentProvider, log, ...shared } = deps;
  const subscriptions = {
    ...shared,
    provider: paymentProvider ?? createSandbox(deps.clock),
    onUnanswered: (error: unknown) => log.warn({ err: error }, "the payment provider did not answer"),
    ...(identifierSecret === undefined ? {} : { codes: createCodes(identifierSecret) }),
  };
  return [
    levelRoutes(shared),
    subscriptionRoutes(subscriptions),
    paymentRoutes(subscriptions),
    benefitRoutes(subscriptions),
  ];
}
