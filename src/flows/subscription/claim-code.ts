import type { Pool } from "pg";
import { loadTrees } from "#domains/identity/index.ts";
import type { Wallet } from "#domains/ledger/index.ts";
import { type Codes, noteGiven, type RedeemFailure, redeemCode, undoRedemption } from "#domains/offers/index.ts";
import type { CompiledProgramme } from "#domains/program/index.ts";
import type { Promo } from "#domains/subscription/index.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import type { EpochMs } from "#kernel/time.ts";

/** A code of a promotion that gives this plan at a price: claimed for the member, until it is kept or given up. */
export type ClaimedCode = {
  readonly promo: Promo;
  /** Of a use that was there before, such as by a request repeated. */
  readonly isNew: boolean;
  keep(): Promise<void>;
  giveUp(): Promise<void>;
};

export type ClaimFailure = RedeemFailure | { readonly code: "unknown-promo" };

export type ClaimRequest = {
  readonly code: string;
  readonly plan: string;
  readonly wallet: Pick<Wallet, "member" | "traits">;
  readonly keyId: string;
};

/** Claims a code as every promo code is claimed: once, within its limits, by its audience, guesses counted. */
export async function claimCode(
  deps: { readonly pool: Pool; readonly codes: Codes },
  { code, plan, wallet, keyId }: ClaimRequest,
  programme: CompiledProgramme,
  now: EpochMs,
): Promise<Result<ClaimedCode, ClaimFailure>> {
  const { member, traits } = wallet;
  const tree = (await loadTrees(deps.pool, [member])).get(member) ?? [member];
  const lowestLevel = [...programme.levels.values()].sort((a, b) => a.rank - b.rank)[0]?.id;
  const claimed = await redeemCode(deps, {
    ...{ code, member, tree, keyId, now, calendar: programme.calendar },
    view: { traits, lowestLevel },
    accepts: (benefit) => benefit.kind === "subscription" && benefit.subscription === plan,
  });
  if (!claimed.ok) return claimed;
  const { redemption, isNew } = claimed.value;
  const { benefit, promo } = redemption;
  if (benefit.kind !== "subscription" || benefit.subscription !== plan) return err({ code: "unknown-promo" });
  return ok({
    promo: {
      ...{ id: `code-${promo}`, code, priceKopecks: benefit.priceKopecks, periods: benefit.periods },
      ...{ fromDay: undefined, untilDay: undefined, limit: undefined },
    },
    isNew,
    keep: () => noteGiven(deps.pool, redemption, null),
    giveUp: () => undoRedemption(deps.pool, redemption),
  });
}
