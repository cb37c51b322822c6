import { type BudgetSession, type BudgetUse, type BudgetWant, WAITING_PREFIX } from "#domains/limits/index.ts";
import {
  BUDGET_PREFIX,
  COVER_PREFIX,
  type CompiledProgramme,
  isSharedKey,
  type Priced,
} from "#domains/program/index.ts";
import type { PartnerId } from "#kernel/ids.ts";
import { type PointsCents, splitByLargestRemainder } from "#kernel/money.ts";
import { err, ok, type Result } from "#kernel/result.ts";

/** A decision that needs more of a budget than its lane has leased: it waits for a lease and is decided again. */
export type BudgetShort = { readonly code: "budget-short"; readonly wants: readonly BudgetWant[] };

/** What one pricing asks of budgets; `left` goes into its standing. */
export type BudgetQuestions = {
  readonly left: (key: string, limitCents: number) => number;
  /** What the priced receipt uses of budgets, or what has to be leased before it can be priced rightly. */
  answer(priced: Priced): Result<readonly BudgetUse[], BudgetShort>;
};

/**
 * The limits are those of the programme in force now: a late receipt must not bring an old budget back. Asked some ten times
 * a receipt, so what only a short budget needs is made when one is short.
 */
export function askBudgets(session: BudgetSession, current: CompiledProgramme): BudgetQuestions {
  const asked: string[] = [];
  const limits: number[] = [];
  return {
    left: (key, limitCents) => {
      if (isUnlimited(key, current)) return Number.POSITIVE_INFINITY;
      asked.push(key);
      limits.push(limitCents);
      return session.left(key);
    },
    answer: (priced) => {
      const uses = sharedUses(priced, current);
      const wants = priced.rules.some(isCut) ? wantsOf(priced, uses) : NO_WANTS;
      return wants.length > 0 ? err({ code: "budget-short", wants }) : ok(uses);
    },
  };

  function wantsOf(priced: Priced, uses: readonly BudgetUse[]): BudgetWant[] {
    const wants: BudgetWant[] = [];
    for (const [i, key] of asked.entries()) {
      if (!session.canLease(key)) continue;
      const used = uses.reduce((sum, use) => (use.key === key ? sum + use.cents : sum), 0);
      const wantCents = wantOf(priced, capOf(key), used, session.left(key));
      const limit = limitNow(key, limits[i] as number, current);
      if (wantCents > 0 && limit !== "none") wants.push({ key, limitCents: limit, wantCents });
    }
    return wants;
  }
}

const NO_WANTS: readonly BudgetWant[] = [];

/** A funder that nothing limits any more. */
function isUnlimited(key: string, current: CompiledProgramme): boolean {
  return key.startsWith(COVER_PREFIX) && limitNow(key, 0, current) === "none";
}

function isCut({ pointsCents, uncappedCents }: Priced["rules"][number]): boolean {
  return pointsCents < uncappedCents;
}

function sharedUses({ capUse }: Priced, current: CompiledProgramme): BudgetUse[] {
  const uses: BudgetUse[] = [];
  for (const { key, amount } of capUse) {
    if (isSharedKey(key) && !isUnlimited(key, current)) uses.push({ key, cents: amount });
  }
  return uses;
}

/** Undefined for a deposit, whose limit is not in the programme; "none" for a funder that nothing limits any more. */
export function limitNow(key: string, limitCents: number, current: CompiledProgramme): number | undefined | "none" {
  if (!key.startsWith(COVER_PREFIX)) return current.caps.get(capOf(key))?.limit ?? limitCents;
  const cover = current.partners.get(key.slice(COVER_PREFIX.length))?.cover;
  return cover === undefined ? "none" : cover.limitCents;
}

export type Award = { readonly funders: readonly PartnerId[]; readonly amountCents: readonly PointsCents[] };
/** What of an award its funders' covers let through, and what it takes of them. */
export type Covered = {
  readonly amountCents: readonly PointsCents[];
  readonly cents: PointsCents;
  readonly uses: BudgetUse[];
};

/**
 * Cuts an award to what its funders' deposits and guarantees let through: all funders in proportion, as pricing does it.
 * `waits` draws what is spoken for by awards that wait for a top-up.
 */
export function drawCovers(
  session: BudgetSession | undefined,
  current: CompiledProgramme,
  { funders, amountCents }: Award,
  waits = false,
): Result<Covered, BudgetShort> {
  const total = amountCents.reduce((sum, amount) => sum + amount, 0);
  let cents = total;
  const keys = new Map<number, string>();
  const wants: BudgetWant[] = [];
  for (let f = 0; f < funders.length && session !== undefined; f++) {
    const cover = current.partners.get(funders[f] as PartnerId)?.cover;
    const share = amountCents[f] as number;
    if (cover === undefined || share === 0) continue;
    const key = `${waits ? WAITING_PREFIX : ""}${COVER_PREFIX}${funders[f]}`;
    keys.set(f, key);
    const left = session.left(key);
    if (left >= share) continue;
    if (session.canLease(key)) wants.push({ key, limitCents: cover.limitCents, wantCents: share });
    // Rounded by largest remainder no share is above what is left when its exact share is not.
    else cents = Math.min(cents, Number((BigInt(left) * BigInt(total)) / BigInt(share)));
  }
  if (wants.length > 0) return err({ code: "budget-short", wants });
  const given = cents === total ? amountCents : splitByLargestRemainder(cents, [...amountCents]);
  const uses = [...keys].map(([f, key]) => ({ key, cents: given[f] as number })).filter((use) => use.cents > 0);
  return ok({ amountCents: given, cents, uses });
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

/** `b:CAP|PERIOD` or `b:CAP|PERIOD|PLACE`; a cover's key is its cap's id. */
function capOf(key: string): string {
  if (key.startsWith(COVER_PREFIX)) return key;
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
