import type { Pool } from "pg";
import { createIdentifierKeys, findMembers } from "#domains/identity/index.ts";
import type { MemberId } from "#kernel/ids.ts";

/** The member behind an identifier as it was read; undefined when nobody has it. */
export function createFindMember(
  pool: Pool,
  identifierSecret: Uint8Array,
): (kind: string, value: string) => Promise<MemberId | undefined> {
  const keyOf = createIdentifierKeys(identifierSecret);
  return async (kind, value) => {
    const key = keyOf(kind, value);
    const client = await pool.connect();
    try {
      return (await findMembers(client, [key])).get(key.text);
    } finally {
      client.release();
    }
  };
}
