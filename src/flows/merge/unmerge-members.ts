import type { ClientBase } from "pg";
import { listMergedInto } from "#domains/identity/index.ts";
import {
  loadHistory,
  loadWholeMember,
  lockWallets,
  openDraft,
  readFirstOpenDay,
  setWalletStatus,
  unmergeWallets,
  type UnmergeFailure as WalletFailure,
  walletAfter,
} from "#domains/ledger/index.ts";
import { type MemberId, memberIds } from "#kernel/ids.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import { type MergeDeps, postingContext } from "./deps.ts";
import { type Merged, type MergeReason, postMerge } from "./merge-members.ts";

export type UnmergeFailure =
  | WalletFailure
  /** Not merged, or into a member that was merged itself: that one is taken apart first. */
  | { readonly code: "not-merged" }
  | { readonly code: "survivor-merged"; readonly into: MemberId };

/** Takes a merged member out of its survivor again, inside the caller's transaction. Errors as `mergeMembers`. */
export async function unmergeMember(
  deps: MergeDeps,
  client: ClientBase,
  merged: MemberId,
  reason: MergeReason,
): Promise<Result<Merged & { readonly survivor: MemberId }, UnmergeFailure>> {
  const before = await loadWholeMember(client, merged);
  const survivor = before?.wallet.mergedInto;
  if (survivor === undefined) return err({ code: "not-merged" });
  await lockWallets(client, [survivor, merged]);
  const [one, two] = [await loadWholeMember(client, survivor), await loadWholeMember(client, merged)];
  if (!one || two?.wallet.mergedInto !== survivor) return err({ code: "not-merged" });
  if (one.wallet.mergedInto !== undefined) return err({ code: "survivor-merged", into: one.wallet.mergedInto });
  if (one.wallet.status !== "open") return err({ code: "not-merged" });
  const firstOpenDay = await readFirstOpenDay(client);
  const context = postingContext(deps, firstOpenDay);
  // The merge stands behind the numbers that it took over.
  const mergeSeq = (two.wallet.mergedBase ?? 0) + two.wallet.seq + 1;
  const changes = unmergeWallets(
    openDraft(one.wallet, context, one.closedLots),
    openDraft(two.wallet, context, two.closedLots),
    {
      members: new Set([merged, ...(await listMergedInto(client, merged))]),
      history: await loadHistory(client, survivor, mergeSeq),
      returned: one.returned,
      body: (draft, role) => {
        const other = role === "survivor" ? merged : survivor;
        return JSON.stringify({ v: 1, role, with: memberIds.format(other), ...reason, wallet: walletAfter(draft) });
      },
    },
  );
  if (!changes.ok) return changes;
  // Only an open wallet can be posted to.
  await setWalletStatus(client, changes.value.merged.after);
  await postMerge(client, changes.value, firstOpenDay);
  const { survivor: stays, merged: goes } = changes.value;
  return ok({ survivor, survivorSeq: stays.after.seq, mergedSeq: goes.after.seq });
}
