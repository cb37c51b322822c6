import type { PoolClient } from "pg";
import { survivorsOf } from "#domains/ledger/index.ts";
import { hasReferrals, moveRoots, referralPosition, referralsAround, touchReferrals } from "#domains/referral/index.ts";
import { followOnce, type Subscriber } from "#flows/follow-stream/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";
import type { ReferralRunDeps } from "./deps.ts";

type FollowDeps = Pick<ReferralRunDeps, "pool" | "clock">;

type Page = { readonly buyers: readonly MemberId[]; readonly joined: readonly MemberId[] };

/**
 * Invitations follow operations: whoever came by one and has bought or returned is looked at again; who was merged or taken
 * apart is known by the member that answers for it now. All in one transaction with the position. While nobody is invited
 * nothing is read.
 */
export function referralSubscriber({ pool, clock }: FollowDeps): Subscriber<Page> {
  return {
    position: referralPosition,
    read: async (stretch) => {
      if (!(await hasReferrals(pool))) return undefined;
      const buyers = await stretch.buyers();
      const { joins } = await stretch.survey();
      const joined = joins.flatMap((join) => {
        if (join.kind === "merge") return [join.survivor, join.merged];
        return join.kind === "split" ? [join.survivor, join.goes] : [];
      });
      return buyers.length + joined.length === 0 ? undefined : { buyers, joined };
    },
    take: async (client, { buyers, joined }) => {
      const now = clock.now();
      await touchReferrals(client, buyers, now);
      if (joined.length > 0) await renameRoots(client, joined, now);
    },
  };
}

/** Takes the next page of the stream; false when there was nothing new. */
export function followReferrals(deps: FollowDeps): Promise<boolean> {
  return followOnce(deps.pool, referralSubscriber(deps));
}

async function renameRoots(client: PoolClient, joined: readonly MemberId[], now: EpochMs): Promise<void> {
  const around = await referralsAround(client, joined);
  const roots = await survivorsOf(client, [...new Set(around.flatMap(({ member, inviter }) => [member, inviter]))]);
  for (const referral of around) {
    const root = roots.get(referral.member) ?? referral.root;
    const inviterRoot = roots.get(referral.inviter) ?? referral.inviterRoot;
    if (root === referral.root && inviterRoot === referral.inviterRoot) continue;
    await moveRoots(client, referral, root, inviterRoot, now);
  }
}
