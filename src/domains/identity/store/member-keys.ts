import type { ClientBase, Pool } from "pg";
import { bucketOf, type MemberId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";
import { byteaArray, int2Array, int8Array, timestamptzArray } from "#platform/postgres/binary-arrays.ts";

/** By primary key. */
const FIND = `
select k.member_id, k.wrapped from unnest($1::int2[], $2::int8[]) as x(bucket, member_id)
join member_key k on k.bucket = x.bucket and k.member_id = x.member_id`;

/** A key that another process made meanwhile raises 23505. */
const INSERT = `
insert into member_key (bucket, member_id, wrapped, created_at)
select * from unnest($1::int2[], $2::int8[], $3::bytea[], $4::timestamptz[]) returning 1`;

/** Wrapped data keys; members whose data were erased, or who never had any, are absent. */
export async function findMemberKeys(
  client: ClientBase | Pool,
  members: readonly MemberId[],
): Promise<Map<MemberId, Buffer>> {
  if (members.length === 0) return new Map();
  const values = [int2Array(members.map(bucketOf)), int8Array(members)];
  const { rows } = await client.query<{ member_id: number | string; wrapped: Buffer }>({
    name: "find-member-keys",
    text: FIND,
    values,
  });
  return new Map(rows.map((row) => [Number(row.member_id), row.wrapped]));
}

export async function insertMemberKeys(
  client: ClientBase,
  keys: readonly { readonly member: MemberId; readonly wrapped: Uint8Array }[],
  now: EpochMs,
): Promise<void> {
  if (keys.length === 0) return;
  await client.query({
    name: "insert-member-keys",
    text: INSERT,
    values: [
      int2Array(keys.map(({ member }) => bucketOf(member))),
      int8Array(keys.map(({ member }) => member)),
      byteaArray(keys.map(({ wrapped }) => wrapped)),
      timestamptzArray(keys.map(() => now)),
    ],
  });
}
