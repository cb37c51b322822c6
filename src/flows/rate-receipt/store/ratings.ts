import type { Pool } from "pg";
import { bucketOf, type MemberId } from "#kernel/ids.ts";

export type StoredRating = {
  readonly member: MemberId;
  readonly receiptId: string;
  readonly partner: string;
  readonly lines: readonly (readonly [line: number, stars: number])[];
  readonly ratedAt: number;
};

/** By primary key. The last rating stands whole: two at once leave one of them, never a mixture. */
const PUT = `
insert into receipt_rating (bucket, member_id, receipt_id, partner, lines, rated_at)
values ($1, $2, $3, $4, $5, $6)
on conflict (bucket, member_id, receipt_id) do update set lines = excluded.lines, rated_at = excluded.rated_at`;

export async function putRating(pool: Pool, rating: StoredRating): Promise<void> {
  await pool.query(PUT, [
    bucketOf(rating.member),
    rating.member,
    rating.receiptId,
    rating.partner,
    JSON.stringify(rating.lines),
    new Date(rating.ratedAt),
  ]);
}
