import type { ProblemRegistry } from "#platform/http/problem-registry.ts";
import type { Checkout } from "../checkout.ts";

export type CheckoutHttpDeps = {
  readonly checkout: Checkout;
  readonly problems: ProblemRegistry;
  /** What one point pays for by the programme in force, kopecks. */
  readonly kopecksPerPoint: () => number;
};
