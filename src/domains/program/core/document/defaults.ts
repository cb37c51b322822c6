import type { ProgrammeDocument, ProgrammeFile } from "./schema.ts";

/** What holds when a file does not say. Filled in before a version is stored, and shown in docs/programme.md. */
export const DEFAULTS = {
  lots: { activation: "none", expiry: "never" },
  rounding: { mode: "down", to: "0.01 points" },
  receipts: { deliveryFeeEarns: false, deliveryFeePayable: false, zeroAmountLines: "ignore" },
  policies: {
    receiptCap: "pro-rata",
    returnOfExpired: "original",
    grace: "30 days",
    lateWindow: "30 days",
    futureTolerance: "10 minutes",
    onlineTolerance: "15 minutes",
    longestHold: "30 days",
    budget: "trim",
    boostReturn: "keep",
    budgetReturn: "keep",
    prepaidShort: "part",
    expectedRedemption: "80%",
    reserve: "30 days",
    erasedPoints: "expire",
    householdPoints: "0 points",
  },
} as const satisfies Pick<ProgrammeDocument, "lots" | "rounding" | "receipts" | "policies">;

/** Of every subscription that does not say. */
export const DEFAULT_SUBSCRIPTION = {
  grace: "3 days",
  retries: ["1 hour", "6 hours", "1 day"],
  refund: { share: "pro-rata", points: "keep" },
} as const satisfies Partial<ProgrammeDocument["subscriptions"][string]>;

function withSubscriptionDefaults(file: ProgrammeFile): ProgrammeDocument["subscriptions"] {
  const { retries, ...rest } = DEFAULT_SUBSCRIPTION;
  return Object.fromEntries(
    Object.entries(file.subscriptions ?? {}).map(([id, each]) => [id, { ...rest, retries: [...retries], ...each }]),
  );
}

export function withDefaults(file: ProgrammeFile): ProgrammeDocument {
  return {
    ...file,
    levels: file.levels ?? {},
    favourites: file.favourites ?? {},
    subscriptions: withSubscriptionDefaults(file),
    boosts: file.boosts ?? {},
    campaigns: file.campaigns ?? {},
    funderSplits: file.funderSplits ?? {},
    stacking: file.stacking ?? {},
    caps: file.caps ?? {},
    spending: file.spending ?? {},
    velocity: file.velocity ?? {},
    fees: file.fees ?? {},
    lots: { ...DEFAULTS.lots, ...file.lots },
    rounding: { ...DEFAULTS.rounding, ...file.rounding },
    receipts: { ...DEFAULTS.receipts, ...file.receipts },
    policies: { ...DEFAULTS.policies, ...file.policies },
  };
}
