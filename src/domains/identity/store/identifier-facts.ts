import type { ClientBase, Pool } from "pg";
import type { MemberId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";
import { int2Array, int8Array, textArray, timestamptzArray, uuidArray } from "#platform/postgres/binary-arrays.ts";
import type { IdentifierKey } from "../core/identifier-key.ts";

/** By identifier_member. */
const COUNT = `
select member_id, kind, count(*)::int as count from identifier where member_id = any($1) and kind <> 'external'
group by member_id, kind`;

export type IdentifierCount = { readonly member: MemberId; readonly kind: string; readonly count: number };

export async function countIdentifiers(
  client: ClientBase | Pool,
  members: readonly MemberId[],
): Promise<IdentifierCount[]> {
  if (members.length === 0) return [];
  const { rows } = await client.query<{ member_id: number | string; kind: string; count: number }>({
    name: "count-identifiers",
    text: COUNT,
    values: [members],
  });
  return rows.map((row) => ({ member: Number(row.member_id), kind: row.kind, count: row.count }));
}

export type NewVerified = {
  readonly key: IdentifierKey;
  readonly member: MemberId;
  readonly source: string;
  readonly at: EpochMs;
};

/** By primary key, in its order; one that somebody has by now raises 23505. */
const INSERT = `
insert into identifier (id_bucket, kind, value_hash, member_id, created_at, source, confirmed_at)
select id_bucket, kind, value_hash, member_id, at, source, at
from unnest($1::int2[], $2::text[], $3::uuid[], $4::int8[], $5::text[], $6::timestamptz[])
  as x(id_bucket, kind, value_hash, member_id, source, at)
order by id_bucket, kind, value_hash
returning 1`;

export async function insertVerified(client: ClientBase, identifiers: readonly NewVerified[]): Promise<void> {
  if (identifiers.length === 0) return;
  await client.query({ name: "insert-verified", text: INSERT, values: columns(identifiers) });
}

/** By primary key: a phone that has a new owner. */
const MOVE = `
update identifier i set member_id = x.member_id, source = x.source, confirmed_at = x.at
from unnest($1::int2[], $2::text[], $3::uuid[], $4::int8[], $5::text[], $6::timestamptz[])
  as x(id_bucket, kind, value_hash, member_id, source, at)
where i.id_bucket = x.id_bucket and i.kind = x.kind and i.value_hash = x.value_hash
returning 1`;

export async function moveIdentifiers(client: ClientBase, identifiers: readonly NewVerified[]): Promise<void> {
  if (identifiers.length === 0) return;
  await client.query({ name: "move-identifiers", text: MOVE, values: columns(identifiers) });
}

function columns(identifiers: readonly NewVerified[]): Buffer[] {
  return [
    int2Array(identifiers.map(({ key }) => key.idBucket)),
    textArray(identifiers.map(({ key }) => key.kind)),
    uuidArray(identifiers.map(({ key }) => key.valueHash)),
    int8Array(identifiers.map(({ member }) => member)),
    textArray(identifiers.map(({ source }) => source)),
    timestamptzArray(identifiers.map(({ at }) => at)),
  ];
}
