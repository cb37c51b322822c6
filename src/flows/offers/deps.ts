import type { Pool } from "pg";
import type { Codes } from "#domains/offers/index.ts";
import type { Programmes } from "#domains/program/index.ts";
import type { Checkout } from "#flows/checkout/index.ts";
import type { Clock } from "#platform/clock.ts";

export type OfferDeps = {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly programmes: Programmes & { refresh?(): Promise<boolean> };
  readonly checkout: Pick<Checkout, "reward" | "placeHold" | "captureHold" | "voidHold">;
  readonly codes: Codes;
};
