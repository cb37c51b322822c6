import type { Pool } from "pg";
import type { Codes } from "#domains/offers/index.ts";
import type { Programmes } from "#domains/program/index.ts";
import type { PaymentProvider } from "#domains/subscription/index.ts";
import type { Checkout } from "#flows/checkout/index.ts";
import type { Clock } from "#platform/clock.ts";

export type SubscriptionDeps = {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly programmes: Programmes;
  readonly checkout: Pick<Checkout, "reward">;
  readonly provider: PaymentProvider;
  /** Told of each order that the provider gave no answer to: it is asked again, and somebody may have to look. */
  readonly onUnanswered?: (error: unknown) => void;
  /** Codes of promotions; without them only those that a plan names are known. */
  readonly codes?: Codes;
};
