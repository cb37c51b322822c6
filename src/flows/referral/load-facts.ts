import type { Pool } from "pg";
import {
  claimedOfEachOther,
  findMembers,
  type IdentifierKey,
  loadTrees,
  sharingMembers,
} from "#domains/identity/index.ts";
import { loadSurvivors, type Wallet } from "#domains/ledger/index.ts";
import { ancestorsOf, type GuardFacts, isMarkKnown, type ReferralTerms, referralsOf } from "#domains/referral/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";

export type Side = { readonly member: MemberId; readonly tree: readonly MemberId[]; readonly wallet: Wallet };

/** A member of today behind a name of any day; undefined for nobody, and for one that was erased. */
export async function loadSide(pool: Pool, named: MemberId): Promise<Side | undefined> {
  const wallet = (await loadSurvivors(pool, [named])).get(named)?.wallet;
  if (wallet?.status !== "open") return undefined;
  const { member } = wallet;
  return { member, wallet, tree: (await loadTrees(pool, [member])).get(member) ?? [member] };
}

/** More holders of one address or phone than a family has are an office or a dormitory. */
const MOST_OF_A_HOUSEHOLD = 8;
/** What a profile claims of a person, not of a home. */
const PERSONAL = new Set(["phone", "email"]);
/** Invitations of an inviter that has none of these are proven, or were never taken. */
const UNPROVEN = new Set(["waiting", "holding", "claimed", "taking-back", "taken-back"]);

/** Everything the guards ask for. `marks`: the device and card of the acceptance, where it is being accepted. */
export async function loadFacts(
  pool: Pool,
  inviter: Side,
  invited: Side,
  acceptedAt: EpochMs,
  { onHousehold }: Pick<ReferralTerms, "onHousehold">,
  marks: readonly IdentifierKey[],
): Promise<GuardFacts> {
  const [sharing, claimed, ancestors, own, isKnown, owners] = await Promise.all([
    sharingMembers(pool, invited.tree, MOST_OF_A_HOUSEHOLD),
    claimedOfEachOther(pool, invited.tree, inviter.tree),
    ancestorsOf(pool, inviter.member),
    referralsOf(pool, inviter.member),
    isMarkKnown(
      pool,
      marks.map(({ valueHash }) => valueHash),
      invited.tree,
    ),
    findMembers(pool, marks),
  ]);
  const kinds = sharing.filter(({ member }) => inviter.tree.includes(member)).flatMap((each) => each.kinds);
  const first = Math.min(...invited.wallet.firstPurchaseAt.values());
  const isOthersMark = [...owners.values()].some((member) => !invited.tree.includes(member));
  return {
    inviter: inviter.member,
    invited: invited.member,
    isNew: first >= acceptedAt,
    isInviterReal: inviter.wallet.firstPurchaseAt.size > 0,
    shared: [...claimed, ...kinds.filter((kind) => PERSONAL.has(kind))],
    household: kinds.filter((kind) => !PERSONAL.has(kind)),
    isMarkKnown: isKnown || isOthersMark,
    ancestors,
    isInviterUnproven: own.some(({ state }) => UNPROVEN.has(state)),
    onHousehold,
  };
}
