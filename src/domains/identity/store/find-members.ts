import type { ClientBase, Pool } from "pg";
import type { MemberId } from "#kernel/ids.ts";
import { int2Array, textArray, uuidArray } from "#platform/postgres/binary-arrays.ts";
import type { IdentifierKey } from "../core/identifier-key.ts";

/** By primary key, one probe an identifier; no locks. */
const FIND = `
select i.value_hash, i.kind, i.member_id
from unnest($1::int2[], $2::text[], $3::uuid[]) as x(id_bucket, kind, value_hash)
join identifier i on i.id_bucket = x.id_bucket and i.kind = x.kind and i.value_hash = x.value_hash`;

/** Members by identifier key (`text`); identifiers that nobody has are absent. */
export async function findMembers(
  client: ClientBase | Pool,
  keys: readonly IdentifierKey[],
): Promise<Map<string, MemberId>> {
  const found = new Map<string, MemberId>();
  if (keys.length === 0) return found;
  const { rows } = await client.query<{ value_hash: string; member_id: number | string }>({
    name: "find-members",
    text: FIND,
    values: [
      int2Array(keys.map((key) => key.idBucket)),
      textArray(keys.map((key) => key.kind)),
      uuidArray(keys.map((key) => key.valueHash)),
    ],
  });
  for (const row of rows) {
    found.set(Buffer.from(row.value_hash.replaceAll("-", ""), "hex").toString("latin1"), Number(row.member_id));
  }
  return found;
}
