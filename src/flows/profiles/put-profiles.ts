import { hash } from "node:crypto";
import type { PoolClient } from "pg";
import {
  insertMerge,
  insertVerified,
  loadTrees,
  moveIdentifiers,
  openPair,
  type Profile,
  replaceClaims,
  settlePairs,
  upsertProfiles,
} from "#domains/identity/index.ts";
import { insertWallets } from "#domains/ledger/index.ts";
import { MergeRace, mergeMembers, racingTransaction } from "#flows/merge/index.ts";
import { memberIds } from "#kernel/ids.ts";
import { loadState, type Told, tellOf } from "./batch-state.ts";
import { decideBatch, type ProfileOutcome, type Writes } from "./decide-batch.ts";
import type { ProfileDeps } from "./deps.ts";
import { sealProfiles } from "./sealed-profile.ts";

/**
 * Writes profiles and decides who they are: all of them in one transaction, each on what those before it left. Two
 * processes that meet the same new phone at once collide on its key, and the later one begins again and finds it known.
 * No two of a batch may be the same partner's same person.
 */
export async function putProfiles(deps: ProfileDeps, profiles: readonly Profile[]): Promise<ProfileOutcome[]> {
  const batch = profiles.map((profile) => tellOf(deps, profile, hashOf(profile)));
  return racingTransaction(
    deps.pool,
    (client) => putBatch(deps, client, batch),
    () => deps.memberIds.ensure(batch.length),
  );
}

function hashOf(profile: Profile): Buffer {
  return hash("sha256", JSON.stringify(sorted(profile)), "buffer").subarray(0, 16);
}

/** The same content in another order of fields is the same content. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, each]) => [key, sorted(each)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function putBatch(deps: ProfileDeps, client: PoolClient, batch: readonly Told[]): Promise<ProfileOutcome[]> {
  const state = await loadState(client, batch);
  const { outcomes, writes } = decideBatch(deps, state, batch);
  await insertWallets(client, writes.members);
  await insertVerified(client, writes.identifiers);
  await moveIdentifiers(client, writes.moves);
  await upsertProfiles(client, await sealProfiles(deps, client, writes.profiles));
  await replaceClaims(client, writes.changed, writes.claims);
  await writeMerges(deps, client, writes);
  return outcomes;
}

async function writeMerges(deps: ProfileDeps, client: PoolClient, writes: Writes): Promise<void> {
  const now = deps.clock.now();
  for (const { survivor, merged, partner, why } of writes.merges) {
    const by = `profile of ${partner}`;
    const reason = { by, why: "a profile shares verified identifiers with both" };
    const posted = await mergeMembers(
      { now: deps.clock.now, programmes: deps.programmes },
      client,
      survivor,
      merged,
      reason,
    );
    if (!posted.ok) throw new MergeRace(memberIds.format(posted.failure.member));
    await insertMerge(client, { member: merged, seq: posted.value.mergedSeq, survivor, at: now, decidedBy: by, why });
    const tree = (await loadTrees(client, [survivor])).get(survivor) ?? [];
    await settlePairs(client, tree, { at: now, by });
  }
  for (const { one, other, reason, partner } of writes.reviews) {
    await openPair(client, { one, other, reason, evidence: { partner }, openedAt: now });
  }
}
