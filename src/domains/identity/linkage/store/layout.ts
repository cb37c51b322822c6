import { invariant } from "#kernel/invariant.ts";
import type { Atom, Comparison, FieldPlan, Side } from "../fields/types.ts";

/** Atoms are bits of one UInt64. */
export const MAX_ATOMS = 62;

/**
 * How the plans of all fields lie in the record table: field i's columns are `f<i>_<name>`, atom j's key is `k<j>`.
 * A pair's outcomes are one number, the pattern: Σ outcome × radix.
 */
export type Layout = {
  readonly plans: readonly FieldPlan[];
  readonly comparisons: readonly PlacedComparison[];
  readonly atoms: readonly Atom[];
  /** Whether values hold Cyrillic, so that bytes must be those of CP1251. */
  readonly cyrillic: boolean;
};
export type PlacedComparison = Comparison & { readonly plan: number; readonly radix: number };

export function layOut(plans: readonly FieldPlan[], cyrillic: boolean): Layout {
  let radix = 1;
  const comparisons: PlacedComparison[] = [];
  for (const [plan, { comparisons: own }] of plans.entries()) {
    for (const comparison of own) {
      comparisons.push({ ...comparison, plan, radix });
      radix *= comparison.levels.length + 1;
    }
  }
  invariant(Number.isSafeInteger(radix), "too many comparisons for one pattern number");
  const atoms = plans.flatMap(({ atoms: own }, plan) =>
    own.map((atom) => ({ ...atom, field: `${plan}/${atom.field}` })),
  );
  return { plans, comparisons, atoms: atoms.slice(0, MAX_ATOMS), cyrillic };
}

/** Outcome per comparison of a pattern. */
export function outcomesOf(layout: Layout, pattern: number): number[] {
  return layout.comparisons.map(({ radix, levels }) => Math.floor(pattern / radix) % (levels.length + 1));
}

export function columnName(plan: number, column: string): string {
  return `f${plan}_${column}`;
}

export function sideOf(table: "l" | "r", plan: number): Side {
  return (column) => `${table}.${columnName(plan, column)}`;
}

export function derivedSide(plan: number): Side {
  return (name) => `d${plan}_${name}`;
}
