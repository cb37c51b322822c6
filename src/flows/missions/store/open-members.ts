import type { ClientBase } from "pg";
import { bucketOf, type MemberId } from "#kernel/ids.ts";
import { int2Array, int8Array } from "#platform/postgres/binary-arrays.ts";

/** By primary key, one probe a member; no locks. */
const FIND = `
select w.member_id from unnest($1::int2[], $2::int8[]) as x(bucket, member_id)
join wallet w on w.bucket = x.bucket and w.member_id = x.member_id and w.status = 'open'`;

/** Which of these ids are members with an open wallet. */
export async function findOpenMembers(client: ClientBase, members: readonly MemberId[]): Promise<Set<MemberId>> {
  if (members.length === 0) return new Set();
  const distinct = [...new Set(members)];
  const { rows } = await client.query<{ member_id: number }>(FIND, [
    int2Array(distinct.map(bucketOf)),
    int8Array(distinct),
  ]);
  return new Set(rows.map((row) => Number(row.member_id)));
}
