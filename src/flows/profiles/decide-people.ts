import {
  decidePair,
  erasePersonal,
  findPair,
  insertMerge,
  loadTrees,
  settlePairs,
  undoMerge,
} from "#domains/identity/index.ts";
import {
  eraseWallet,
  loadSurvivors,
  loadWholeMember,
  lockWallets,
  openDraft,
  postChanges,
  readFirstOpenDay,
  setWalletStatus,
} from "#domains/ledger/index.ts";
import { mergeMembers, racingTransaction, unmergeMember } from "#flows/merge/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import type { ProfileDeps } from "./deps.ts";

export type PeopleFailure =
  | { readonly code: "unknown-member" }
  | { readonly code: "same-member" }
  | { readonly code: "not-merged" }
  | { readonly code: "survivor-merged" }
  | { readonly code: "hold-across" }
  | { readonly code: "unknown-review" }
  | { readonly code: "review-decided"; readonly state: string };

/** Who decided, and why, in their own words: kept with the merge. */
export type Decided = { readonly by: string; readonly note: string };

/** Merges two members that a person holds for one; the elder survives. What stood between them as a pair is decided. */
export async function mergeByHand(
  deps: ProfileDeps,
  one: MemberId,
  other: MemberId,
  decided: Decided,
): Promise<Result<{ survivor: MemberId; merged: MemberId }, PeopleFailure>> {
  return racingTransaction(deps.pool, async (client) => {
    const found = await loadSurvivors(client, [one, other]);
    const [a, b] = [found.get(one)?.wallet, found.get(other)?.wallet];
    if (a?.status !== "open" || b?.status !== "open") return err({ code: "unknown-member" });
    if (a.member === b.member) return err({ code: "same-member" });
    const [survivor, merged] = a.member < b.member ? [a.member, b.member] : [b.member, a.member];
    const reason = { by: decided.by, why: decided.note };
    const posted = await mergeMembers(
      { now: deps.clock.now, programmes: deps.programmes },
      client,
      survivor,
      merged,
      reason,
    );
    if (!posted.ok) return err({ code: "unknown-member" });
    const at = deps.clock.now();
    const why = [{ code: "by-hand", note: decided.note }];
    await insertMerge(client, {
      member: merged,
      seq: posted.value.mergedSeq,
      survivor,
      at,
      decidedBy: decided.by,
      why,
    });
    const tree = (await loadTrees(client, [survivor])).get(survivor) ?? [];
    await settlePairs(client, tree, { at, by: decided.by });
    await decidePair(client, one, other, { state: "merged", reason: "by-hand", at, ...decided });
    return ok({ survivor, merged });
  });
}

/** Takes a merged member apart again, and remembers that the two are not one. */
export async function unmergeByHand(
  deps: ProfileDeps,
  merged: MemberId,
  decided: Decided,
): Promise<Result<{ survivor: MemberId; merged: MemberId }, PeopleFailure>> {
  return racingTransaction(deps.pool, async (client) => {
    const reason = { by: decided.by, why: decided.note };
    const done = await unmergeMember({ now: deps.clock.now, programmes: deps.programmes }, client, merged, reason);
    if (!done.ok) return err({ code: done.failure.code });
    const { survivor } = done.value;
    const at = deps.clock.now();
    await undoMerge(client, merged, { at, by: decided.by, why: decided.note });
    await decidePair(client, survivor, merged, { state: "apart", reason: "unmerged", at, ...decided });
    return ok({ survivor, merged });
  });
}

/** Decides a pair of the review queue: one person, or kept apart for good. */
export async function decideReview(
  deps: ProfileDeps,
  one: MemberId,
  other: MemberId,
  decision: "merge" | "keep-apart",
  decided: Decided,
): Promise<Result<{ state: "merged" | "apart" }, PeopleFailure>> {
  const pair = await findPair(deps.pool, Math.min(one, other), Math.max(one, other));
  if (!pair) return err({ code: "unknown-review" });
  if (pair.state !== "open") return err({ code: "review-decided", state: pair.state });
  if (decision === "merge") {
    const merged = await mergeByHand(deps, one, other, decided);
    return merged.ok ? ok({ state: "merged" }) : merged;
  }
  await transaction(deps.pool, (client) =>
    decidePair(client, one, other, { state: "apart", reason: pair.reason, at: deps.clock.now(), ...decided }),
  );
  return ok({ state: "apart" });
}

/**
 * Erases a person (reference case 19): holds are voided, points expire or go back to their funders by the programme's policy,
 * the keys of everything personal are destroyed with what they sealed and every hash that leads to it. The ledger stays.
 */
export async function eraseMember(
  deps: ProfileDeps,
  named: MemberId,
): Promise<Result<{ member: MemberId }, PeopleFailure>> {
  return racingTransaction(deps.pool, async (client) => {
    const found = (await loadSurvivors(client, [named])).get(named)?.wallet;
    if (found?.status !== "open") return err({ code: "unknown-member" });
    const { member } = found;
    await lockWallets(client, [member]);
    const whole = await loadWholeMember(client, member);
    if (whole?.wallet.status !== "open") return err({ code: "unknown-member" });
    const programme = deps.programmes.current();
    const firstOpenDay = await readFirstOpenDay(client);
    const context = {
      now: deps.clock.now(),
      calendar: programme.calendar,
      firstOpenDay,
      programmeVersion: programme.version,
      operator: programme.operator,
    };
    const change = eraseWallet(openDraft(whole.wallet, context), programme.policies.erasedPoints);
    await postChanges(client, {
      changes: [change],
      keys: [],
      identifiers: [],
      anonymous: [],
      leases: [],
      firstOpenDay,
    });
    await setWalletStatus(client, change.after);
    const tree = (await loadTrees(client, [member])).get(member) ?? [member];
    await erasePersonal(client, tree);
    return ok({ member });
  });
}
