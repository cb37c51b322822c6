import type { ClientBase } from "pg";
import {
  loadWholeMember,
  lockWallets,
  type MergeChanges,
  mergeWallets,
  openDraft,
  postChanges,
  readFirstOpenDay,
  setWalletStatus,
  walletAfter,
} from "#domains/ledger/index.ts";
import { type MemberId, memberIds } from "#kernel/ids.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import { type MergeDeps, postingContext } from "./deps.ts";

/** Who decided it, for the record: a rule, or the key of a person. No value of an identifier. */
export type MergeReason = { readonly by: string; readonly why: string };

export type MergeFailure = { readonly code: "not-open"; readonly member: MemberId };

export type Merged = { readonly survivorSeq: number; readonly mergedSeq: number };

/**
 * Merges one member's wallet into another's, inside the caller's transaction: both streams get their operation, or neither.
 * Both must answer for themselves (`survivorsOf`). Throws a lost race (`isLostRace`) when the month was closed meanwhile: begin again.
 */
export async function mergeMembers(
  deps: MergeDeps,
  client: ClientBase,
  survivor: MemberId,
  merged: MemberId,
  reason: MergeReason,
): Promise<Result<Merged, MergeFailure>> {
  await lockWallets(client, [survivor, merged]);
  const [one, two] = [await loadWholeMember(client, survivor), await loadWholeMember(client, merged)];
  if (one?.wallet.status !== "open") return err({ code: "not-open", member: survivor });
  if (two?.wallet.status !== "open") return err({ code: "not-open", member: merged });
  const firstOpenDay = await readFirstOpenDay(client);
  const context = postingContext(deps, firstOpenDay);
  const changes = mergeWallets(
    openDraft(one.wallet, context, one.closedLots),
    openDraft(two.wallet, context, two.closedLots),
    {
      returned: two.returned,
      body: (draft, role) => {
        const other = role === "survivor" ? merged : survivor;
        return JSON.stringify({ v: 1, role, with: memberIds.format(other), ...reason, wallet: walletAfter(draft) });
      },
    },
  );
  await postMerge(client, changes, firstOpenDay);
  await setWalletStatus(client, changes.merged.after);
  return ok({ survivorSeq: changes.survivor.after.seq, mergedSeq: changes.merged.after.seq });
}

/** Both wallets are locked; the posting statement proves that the month is open and that nothing moved. */
export async function postMerge(client: ClientBase, changes: MergeChanges, firstOpenDay: number): Promise<void> {
  const inOrder = [changes.survivor, changes.merged].sort(
    (a, b) => a.after.bucket - b.after.bucket || a.after.member - b.after.member,
  );
  await postChanges(client, { changes: inOrder, keys: [], identifiers: [], anonymous: [], firstOpenDay });
}
