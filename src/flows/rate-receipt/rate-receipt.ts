import type { Pool } from "pg";
import type { Checkout, Principal } from "#flows/checkout/index.ts";
import { memberIds } from "#kernel/ids.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import type { Clock } from "#platform/clock.ts";
import { putRating } from "./store/ratings.ts";

export type RateDeps = {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly checkout: Pick<Checkout, "getReceipt">;
};

export type RateRequest = {
  readonly receiptId: string;
  readonly lines: readonly { readonly line: number; readonly stars: number }[];
};

export type RateFailure =
  | { readonly code: "unknown-receipt" }
  | { readonly code: "rating-needs-member" }
  | { readonly code: "unknown-line"; readonly pointer: string; readonly lines: number };

export type Rating = { readonly receiptId: string; readonly lines: RateRequest["lines"]; readonly ratedAt: number };

/** Keeps what a member says of the lines of a receipt; it replaces what was said before. */
export async function rateReceipt(
  deps: RateDeps,
  request: RateRequest,
  principal: Principal,
): Promise<Result<Rating, RateFailure>> {
  const { receiptId, lines } = request;
  const found = await deps.checkout.getReceipt(receiptId, principal);
  if (!found.ok) return err({ code: "unknown-receipt" });
  const { member: id, receipt } = found.value.body as {
    member?: string;
    receipt: { partner: string; lines: readonly unknown[] };
  };
  const member = id === undefined ? undefined : memberIds.parse(id);
  if (member === undefined) return err({ code: "rating-needs-member" });
  const unknown = lines.findIndex(({ line }) => line >= receipt.lines.length);
  if (unknown >= 0) {
    return err({ code: "unknown-line", pointer: `/lines/${unknown}/line`, lines: receipt.lines.length });
  }
  const ratedAt = deps.clock.now();
  await putRating(deps.pool, {
    member,
    receiptId,
    partner: receipt.partner,
    lines: lines.map(({ line, stars }) => [line, stars]),
    ratedAt,
  });
  return ok({ receiptId, lines, ratedAt });
}
