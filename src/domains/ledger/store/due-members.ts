import type { ClientBase, Pool } from "pg";
import type { Bucket, MemberId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";

/**
 * Members of one bucket whose wallet changes by itself before an instant, a page at a time by primary key. There is no
 * index on next_change_at: it would make every receipt's wallet update touch an index, for a scan that runs once a day.
 */
const DUE = `
select member_id from wallet
where bucket = $1 and member_id > $2 and next_change_at <= $3 and status = 'open'
order by member_id limit $4`;

export async function findDueMembers(
  client: ClientBase | Pool,
  bucket: Bucket,
  afterMember: MemberId,
  untilAt: EpochMs,
  limit: number,
): Promise<MemberId[]> {
  const { rows } = await client.query<{ member_id: number | string }>(DUE, [
    bucket,
    afterMember,
    new Date(untilAt),
    limit,
  ]);
  return rows.map((row) => Number(row.member_id));
}
