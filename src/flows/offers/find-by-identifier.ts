import type { Pool } from "pg";
import { createIdentifierKeys, findMembers } from "#domains/identity/index.ts";
import type { MemberId } from "#kernel/ids.ts";

/** The member behind an identifier as it was read; undefined for a stranger. */
export type FindByIdentifier = (kind: string, value: string) => Promise<MemberId | undefined>;

export function createFindByIdentifier(pool: Pool, identifierSecret: Uint8Array): FindByIdentifier {
  const keyOf = createIdentifierKeys(identifierSecret);
  return async (kind, value) => {
    const key = keyOf(kind, value);
    return (await findMembers(pool, [key])).get(key.text);
  };
}
