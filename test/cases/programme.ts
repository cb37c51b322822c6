import type { SimplePricing, SimpleRule } from "../model/pricing.ts";

/** A rule of a case, with what only cases need: since when it holds and what it may cost in all. */
export type CaseRule = SimpleRule & {
  /** Only for those who have bought this plan, which the programme then sells. */
  readonly subscription?: string;
  /** Points of all members together; `trim` pays what is left, `refuse` pays nothing when it isn't enough. */
  readonly budget?: { readonly cents: number; readonly policy: "trim" | "refuse" };
};

/** The programme of a case: the few knobs that the reference cases turn. `toYaml` renders it in the real format. */
export type CaseProgramme = Omit<SimplePricing, "rules"> & {
  readonly partners: readonly string[];
  /** Partners that have left the coalition: their points live on. */
  readonly left?: readonly string[];
  readonly rules: readonly CaseRule[];
  readonly longestHoldDays?: number;
  /** Partners that pay beforehand, what happens when a deposit has too little left, and how long an award waits for it. */
  readonly prepaid?: {
    readonly partners: readonly string[];
    readonly short: "refuse" | "part" | "reserve";
    readonly reserveDays?: number;
  };
  /** Guarantees of partners that pay by the act, called short from 80 % on. */
  readonly guarantees?: Readonly<Record<string, number>>;
  /** What becomes of an erased member's points; they expire unless said. */
  readonly erased?: "expire" | "return-to-funder";
  readonly returns: { readonly policy: "original" } | { readonly policy: "grace"; readonly graceDays: number };
};

/** Nothing special: points at once, for good, and returns restore the original lots. Members join with `joining` receipts. */
export function caseProgramme(of: Partial<CaseProgramme> & Pick<CaseProgramme, "rules">): CaseProgramme {
  return {
    partners: ["alfa", "beta", "gamma", "telecom"],
    outside: ["joining"],
    lot: { delayDays: 0, lifeDays: null },
    returns: { policy: "original" },
    ...of,
  };
}
