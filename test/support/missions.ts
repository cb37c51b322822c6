import type { Pool } from "pg";

/**
 * Whether the follower of missions has seen all that was written. A transaction that still runs anywhere on the server,
 * such as another test file's, holds the stream back for its time.
 */
export async function hasSeenAll(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ seen: boolean }>(
    `select next_xid > greatest((select coalesce(max(xid), -1) from operation), (select coalesce(max(xid), -1) from partner_event)) as seen
     from mission_position`,
  );
  return rows[0]?.seen === true;
}
