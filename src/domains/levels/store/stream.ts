import type { StreamReceipt } from "#domains/ledger/index.ts";
import { createPosition } from "#platform/postgres/position.ts";
import type { MemberContribution } from "./contributions.ts";

/** How far levels have followed operations. */
export const levelPosition = createPosition("level_position");

/**
 * What a receipt adds to what levels are reached by: its turnover without the delivery fee, and the points that its rules
 * gave; a return takes the same. Undefined where neither is anything: it can't change a sum.
 */
export function levelContribution(receipt: StreamReceipt): MemberContribution | undefined {
  const { member, seq, cites, at, partner, kind, body } = receipt;
  const turnover = body.turnover ?? 0;
  const kopecks = kind === "purchase" ? turnover - (body.receipt?.deliveryFee ?? 0) : turnover;
  const cents =
    kind === "purchase"
      ? (body.rules ?? []).reduce((sum, { pointsCents }) => sum + pointsCents, 0)
      : 0 - (body.outcome?.takenBackCents ?? 0) - (body.outcome?.arrearsCents ?? 0);
  if (kopecks === 0 && cents === 0) return undefined;
  return { ...{ member, seq, at, partner, kopecks, cents }, ...(cites === undefined ? {} : { cites }) };
}
