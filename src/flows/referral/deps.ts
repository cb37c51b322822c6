import type { Pool } from "pg";
import type { IdentifierKey } from "#domains/identity/index.ts";
import type { Codes } from "#domains/offers/index.ts";
import type { Programmes } from "#domains/program/index.ts";
import type { Checkout } from "#flows/checkout/index.ts";
import type { Clock } from "#platform/clock.ts";

export type ReferralDeps = {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly programmes: Programmes;
  readonly codes: Codes;
  readonly identifierKey: (kind: string, value: string) => IdentifierKey;
};

export type ReferralRunDeps = Pick<ReferralDeps, "pool" | "clock" | "programmes"> & {
  readonly checkout: Pick<Checkout, "reward">;
};
