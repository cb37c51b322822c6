import type { ProblemRegistry } from "#platform/http/problem-registry.ts";
import type { Checkout } from "../checkout.ts";

export type CheckoutHttpDeps = {
  readonly checkout: Checkout;
  readonly problems: ProblemRegistry;
  /** Whether a thrown error means that an engine is away. */
  readonly isUnavailable: (error: unknown) => boolean;
  /** What one point pays for by the programme in force, kopecks. */
  readonly kopecksPerPoint: () => number;
};
