import type { ClientBase, Pool } from "pg";
import { bucketOf, type MemberId } from "#kernel/ids.ts";
import type { HoldState } from "../core/wallet.ts";

/** By primary key. The state as booked: a time-out that is due may not be booked yet. */
export async function readHoldState(
  client: ClientBase | Pool,
  member: MemberId,
  seq: number,
): Promise<{ partner: string; state: HoldState; expiresAt: number } | undefined> {
  const { rows } = await client.query<{ partner: string; state: HoldState; expires_at: Date }>(
    "select partner, state, expires_at from hold where bucket = $1 and member_id = $2 and seq = $3",
    [bucketOf(member), member, seq],
  );
  const row = rows[0];
  return row && { partner: row.partner, state: row.state, expiresAt: row.expires_at.getTime() };
}
