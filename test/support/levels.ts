import type { Pool } from "pg";

/** Whether the follower of levels has seen all operations; transactions of other test files hold the stream back. */
export async function levelsHaveSeenAll(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ seen: boolean }>(
    `select next_xid > (select coalesce(max(xid), -1) from operation) as seen from level_position`,
  );
  return rows[0]?.seen === true;
}
