import type { ClientBase } from "pg";
import type { MemberId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";
import { int2Array, int8Array, textArray, timestamptzArray, uuidArray } from "#platform/postgres/binary-arrays.ts";
import type { IdentifierKey } from "../core/identifier-key.ts";

/** By primary key; an identifier that somebody has raises 23505. */
const INSERT = `
insert into identifier (id_bucket, kind, value_hash, member_id, created_at)
select * from unnest($1::int2[], $2::text[], $3::uuid[], $4::int8[], $5::timestamptz[])
returning 1`;

export async function insertIdentifiers(
  client: ClientBase,
  identifiers: readonly { readonly key: IdentifierKey; readonly member: MemberId; readonly createdAt: EpochMs }[],
): Promise<void> {
  if (identifiers.length === 0) return;
  await client.query(INSERT, [
    int2Array(identifiers.map(({ key }) => key.idBucket)),
    textArray(identifiers.map(({ key }) => key.kind)),
    uuidArray(identifiers.map(({ key }) => key.valueHash)),
    int8Array(identifiers.map(({ member }) => member)),
    timestamptzArray(identifiers.map(({ createdAt }) => createdAt)),
  ]);
}
