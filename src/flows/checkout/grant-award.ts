import type { EarnPart, Reserved } from "#domains/ledger/index.ts";
import { NEVER } from "#domains/ledger/index.ts";
import type { BudgetSession, BudgetUse } from "#domains/limits/index.ts";
import type { CompiledProgramme } from "#domains/program/index.ts";
import type { PointsCents } from "#kernel/money.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import type { EpochMs } from "#kernel/time.ts";
import { type BudgetShort, drawCovers } from "./budgets.ts";

export type Granted = {
  readonly earned: EarnPart;
  readonly cents: PointsCents;
  /** The rest, where policy `reserve` lets it wait. */
  readonly reserved?: Reserved;
  readonly uses: readonly BudgetUse[];
};

/**
 * An award that no receipt earned, as far as its funders can pay for it: all, a part, or a part and the rest later, by policy
 * `prepaidShort`. Nothing at all is a refusal, unless it may wait.
 */
export function grantAward(
  session: BudgetSession | undefined,
  programme: CompiledProgramme,
  asked: EarnPart,
  now: EpochMs,
): Result<Granted, BudgetShort | { readonly code: "funder-exhausted"; readonly leftCents: PointsCents }> {
  const covered = drawCovers(session, programme, asked);
  if (!covered.ok) return covered;
  const { amountCents, cents, uses } = covered.value;
  const earned = { ...asked, amountCents };
  const missing = asked.amountCents.map((amount, f) => amount - (amountCents[f] as number));
  if (missing.every((amount) => amount === 0)) return ok({ earned, cents, uses });
  const { prepaidShort, reserveMs } = programme.policies;
  const mayWait = prepaidShort === "reserve" && asked.funders.some((funder) => isPrepaid(programme, funder));
  if (prepaidShort === "refuse" || (cents === 0 && !mayWait))
    return err({ code: "funder-exhausted", leftCents: cents });
  if (!mayWait) return ok({ earned, cents, uses });
  const expiresAt = asked.expiresAt === NEVER ? null : asked.expiresAt;
  const parts = [[asked.availableAt, expiresAt, asked.funders, missing] as const];
  return ok({ earned, cents, uses, reserved: { untilAt: now + reserveMs, wholeKopecks: 0, parts } });
}

function isPrepaid(programme: CompiledProgramme, funder: string): boolean {
  return programme.partners.get(funder)?.funding === "prepaid";
}
