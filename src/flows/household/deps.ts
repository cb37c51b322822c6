import type { Pool, PoolClient } from "pg";
import { loadTrees } from "#domains/identity/index.ts";
import { survivorsOf } from "#domains/ledger/index.ts";
import type { Programmes } from "#domains/program/index.ts";
import { bucketOf, type MemberId } from "#kernel/ids.ts";
import type { Clock } from "#platform/clock.ts";

export type HouseholdDeps = { readonly pool: Pool; readonly clock: Clock; readonly programmes: Programmes };

export type Person = { readonly root: MemberId; readonly tree: readonly MemberId[] };

/** Who answers for these members now, and everybody they answer for; undefined when one is unknown or erased. */
export async function peopleOf(
  client: Pool | PoolClient,
  members: readonly MemberId[],
): Promise<readonly Person[] | undefined> {
  const roots = await survivorsOf(client, members);
  const found = members.map((member) => roots.get(member));
  if (found.some((root) => root === undefined)) return undefined;
  const ids = found as MemberId[];
  // By primary key.
  const { rowCount } = await client.query(
    "select 1 from wallet where bucket = any($1) and member_id = any($2) and status = 'open'",
    [ids.map(bucketOf), ids],
  );
  if (rowCount !== new Set(ids).size) return undefined;
  const trees = await loadTrees(client, ids);
  return ids.map((root) => ({ root, tree: trees.get(root) ?? [root] }));
}
