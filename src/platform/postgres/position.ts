import type { ClientBase, Pool } from "pg";
import { invariant } from "#kernel/invariant.ts";

/** How far something has followed a stream of transactions: one row, `next_xid`, in a table of its own. */
export type Position = {
  read(client: ClientBase | Pool): Promise<number>;
  /** Whoever holds the row moves it, the others wait. */
  lock(client: ClientBase): Promise<number>;
  /** Of a row that is locked: in the transaction of what was derived up to there. */
  move(client: ClientBase, nextXid: number): Promise<void>;
  /** Where nothing was derived; false when somebody else has moved it meanwhile. */
  moveFrom(client: ClientBase | Pool, known: number, nextXid: number): Promise<boolean>;
};

/** `table` has a single row with the column `next_xid`; its name stands in the code, never in data. */
export function createPosition(table: string): Position {
  invariant(/^[a-z_]+_position$/.test(table), `${table} is the name of a position`);
  const read = async (client: ClientBase | Pool, lock: string): Promise<number> => {
    const { rows } = await client.query<{ next_xid: number }>(`select next_xid from ${table}${lock}`);
    return rows[0]?.next_xid ?? 0;
  };
  return {
    read: (client) => read(client, ""),
    lock: (client) => read(client, " for update"),
    move: async (client, nextXid) => {
      await client.query(`update ${table} set next_xid = $1`, [nextXid]);
    },
    moveFrom: async (client, known, nextXid) => {
      const { rowCount } = await client.query(`update ${table} set next_xid = $1 where next_xid = $2`, [
        nextXid,
        known,
      ]);
      return rowCount === 1;
    },
  };
}
