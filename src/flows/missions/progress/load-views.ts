import type { Pool, PoolClient } from "pg";
import { loadWallets } from "#domains/ledger/index.ts";
import { firstEvents, type MemberView, type MissionTerms } from "#domains/missions/index.ts";
import type { CompiledProgramme } from "#domains/program/index.ts";
import { bucketOf, type MemberId } from "#kernel/ids.ts";
import { int2Array, int8Array } from "#platform/postgres/binary-arrays.ts";

/** What missions may know of these members, as it is stored now; members without a wallet are absent. */
export async function loadViews(
  client: PoolClient | Pool,
  programme: CompiledProgramme,
  missions: readonly MissionTerms[],
  members: readonly MemberId[],
): Promise<Map<MemberId, MemberView>> {
  const wallets = await loadWallets(client, members);
  const partners = [...new Set(missions.flatMap(({ newTo }) => newTo ?? []))];
  const events = await firstEvents(client, int2Array(members.map(bucketOf)), int8Array(members), partners);
  const lowest = [...programme.levels.values()].sort((a, b) => a.rank - b.rank)[0]?.id;
  const views = new Map<MemberId, MemberView>();
  for (const [member, wallet] of wallets) {
    views.set(member, {
      traits: wallet.traits,
      lowestLevel: lowest,
      firstAt: (partner) => {
        const receipt = wallet.firstPurchaseAt.get(partner) ?? Number.POSITIVE_INFINITY;
        const event = events.get(`${member} ${partner}`) ?? Number.POSITIVE_INFINITY;
        const first = Math.min(receipt, event);
        return first === Number.POSITIVE_INFINITY ? undefined : first;
      },
    });
  }
  return views;
}
