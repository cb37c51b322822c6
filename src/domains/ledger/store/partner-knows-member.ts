import type { Pool } from "pg";
import { bucketOf, type MemberId, type PartnerId } from "#kernel/ids.ts";

/** Along the member's own operations, by primary key, until the first of that partner. */
const KNOWS = `
select exists (select 1 from operation where bucket = $1 and member_id = $2 and partner = $3) as knows`;

/** Whether a member has an operation at a partner: a receipt, a return, a hold, an award. */
export async function partnerKnowsMember(pool: Pool, partner: PartnerId, member: MemberId): Promise<boolean> {
  const { rows } = await pool.query<{ knows: boolean }>(KNOWS, [bucketOf(member), member, partner]);
  return rows[0]?.knows === true;
}
