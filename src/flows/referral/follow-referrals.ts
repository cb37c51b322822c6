import { survivorsOf } from "#domains/ledger/index.ts";
import { moveRoots, referralsAround, touchReferrals } from "#domains/referral/index.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import type { ReferralRunDeps } from "./deps.ts";

const PAGE = 5_000;

/**
 * Takes the next page of the stream: whoever came by an invitation and has bought or returned is looked at again; who was
 * merged or taken apart is known by the member that answers for it now. All in one transaction with the position.
 */
export async function followReferrals({ pool, clock }: Pick<ReferralRunDeps, "pool" | "clock">): Promise<boolean> {
  return transaction(pool, async (client) => {
    const now = clock.now();
    const merged = await touchReferrals(client, PAGE, now);
    if (merged === undefined) return false;
    if (merged.length === 0) return true;
    const around = await referralsAround(client, merged);
    const roots = await survivorsOf(client, [...new Set(around.flatMap(({ member, inviter }) => [member, inviter]))]);
    for (const referral of around) {
      const root = roots.get(referral.member) ?? referral.root;
      const inviterRoot = roots.get(referral.inviter) ?? referral.inviterRoot;
      if (root === referral.root && inviterRoot === referral.inviterRoot) continue;
      await moveRoots(client, referral, root, inviterRoot, now);
    }
    return true;
  });
}
