import type { Pool } from "pg";
import { loadTrees, profilesOf } from "#domains/identity/index.ts";
import { createMaySeeMember, type MaySeeMember } from "#domains/ledger/http/index.ts";
import { survivorsOf } from "#domains/ledger/index.ts";

/**
 * Whether a caller may know of a member: a partner that knows anybody who the member answers for, by an operation or by a
 * profile of its own. Whom a partner knew before a merge it knows after it.
 */
export function createMaySeePerson(pool: Pool): MaySeeMember {
  const hasOperation = createMaySeeMember(pool);
  return async (principal, named) => {
    if (await hasOperation(principal, named)) return true;
    const root = (await survivorsOf(pool, [named])).get(named);
    if (root === undefined) return false;
    const tree = (await loadTrees(pool, [root])).get(root) ?? [root];
    const profiles = await profilesOf(pool, tree);
    if (profiles.some(({ partner }) => partner === principal.partner)) return true;
    for (const member of tree) if (member !== named && (await hasOperation(principal, member))) return true;
    return false;
  };
}
