import type { BudgetSession, BudgetUse, BudgetWant } from "#domains/limits/index.ts";
import { BUDGET_PREFIX, type CompiledProgramme, type Priced } from "#domains/program/index.ts";
import { err, ok, type Result } from "#kernel/result.ts";

/** A decision that needs more of a budget than its lane has leased: it waits for a lease and is decided again. */
export type BudgetShort = { readonly code: "budget-short"; readonly wants: readonly BudgetWant[] };

/** What one pricing asks of budgets; `left` goes into its standing. */
export type BudgetQuestions = {
  readonly left: (key: string, limitCents: number) => number;
  /** What the priced receipt uses of budgets, or what has to be leased before it can be priced rightly. */
  answer(priced: Priced): Result<readonly BudgetUse[], BudgetShort>;
};

/** The limit is that of the programme in force now: a late receipt must not bring an old budget back. */
export function askBudgets(session: BudgetSession, current: CompiledProgramme): BudgetQuestions {
  const asked = new Map<string, { readonly left: number; readonly limit: number }>();
  return {
    left: (key, limitCents) => {
      const limit = current.caps.get(capOf(key))?.limit ?? limitCents;
      const left = session.left(key, limit);
      asked.set(key, { left, limit });
      return left;
    },
    answer: (priced) => {
      const uses = new Map<string, number>();
      for (const { key, amount } of priced.capUse) {
        if (key.startsWith(BUDGET_PREFIX)) uses.set(key, (uses.get(key) ?? 0) + amount);
      }
      const wants: BudgetWant[] = [];
      for (const [key, { left, limit }] of asked) {
        if (!session.canLease(key)) continue;
        const wantCents = wantOf(priced, capOf(key), uses.get(key) ?? 0, left);
        if (wantCents > 0) wants.push({ key, limitCents: limit, wantCents });
      }
      if (wants.length > 0) return err({ code: "budget-short", wants });
      return ok([...uses].map(([key, cents]) => ({ key, cents })));
    },
  };
}

/** What rules were cut by, uncapped, when it may have been this budget; 0 when it was not. */
function wantOf({ rules }: Priced, cap: string, usedCents: number, leftCents: number): number {
  let cut = 0;
  let isByThis = false;
  for (const rule of rules) {
    if (rule.pointsCents >= rule.uncappedCents) continue;
    cut += rule.uncappedCents;
    if (rule.cappedBy === cap) isByThis = true;
  }
  if (cut === 0) return 0;
  return isByThis || usedCents >= leftCents ? cut + usedCents : 0;
}

/** `b:CAP|PERIOD` or `b:CAP|PERIOD|PLACE`. */
function capOf(key: string): string {
  return key.slice(BUDGET_PREFIX.length, key.indexOf("|"));
}

/** Wants of several decisions of one batch, together. */
export function joinWants(wants: readonly BudgetWant[]): BudgetWant[] {
  const joined = new Map<string, BudgetWant>();
  for (const want of wants) {
    const known = joined.get(want.key);
    joined.set(want.key, known ? { ...want, wantCents: known.wantCents + want.wantCents } : want);
  }
  return [...joined.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}
