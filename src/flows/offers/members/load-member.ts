import type { Pool } from "pg";
import { loadTrees } from "#domains/identity/index.ts";
import { loadSurvivors, type Wallet } from "#domains/ledger/index.ts";
import { assignedOffers, type OfferMember, type Voucher, vouchersOf } from "#domains/offers/index.ts";
import type { CompiledProgramme } from "#domains/program/index.ts";
import type { MemberId } from "#kernel/ids.ts";

/** A member as offers know it: who answers for it, everybody he answers for, and what they hold. */
export type LoadedMember = {
  readonly member: MemberId;
  readonly tree: readonly MemberId[];
  readonly wallet: Wallet;
  readonly view: OfferMember;
  readonly vouchers: readonly Voucher[];
};

/** Undefined for nobody, and for one that was erased. */
export async function loadMember(
  pool: Pool,
  programme: CompiledProgramme,
  named: MemberId,
): Promise<LoadedMember | undefined> {
  const wallet = (await loadSurvivors(pool, [named])).get(named)?.wallet;
  if (wallet?.status !== "open") return undefined;
  const { member } = wallet;
  const tree = (await loadTrees(pool, [member])).get(member) ?? [member];
  const [assigned, vouchers] = await Promise.all([assignedOffers(pool, tree), vouchersOf(pool, tree)]);
  const taken = new Map<string, number>();
  for (const { offer, state } of vouchers) {
    if (state !== "cancelled" && state !== "expired") taken.set(offer, (taken.get(offer) ?? 0) + 1);
  }
  const lowestLevel = [...programme.levels.values()].sort((a, b) => a.rank - b.rank)[0]?.id;
  const view = { traits: wallet.traits, capUse: wallet.capUse, assigned, lowestLevel, vouchers: taken };
  return { member, tree, wallet, view, vouchers };
}
