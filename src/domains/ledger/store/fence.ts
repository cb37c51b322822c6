import type { ClientBase, Pool } from "pg";
import { invariant } from "#kernel/invariant.ts";
import { type Day, parseDay } from "#kernel/time.ts";

/** The first day that operations may still be booked on. */
export async function readFirstOpenDay(client: ClientBase | Pool): Promise<Day> {
  const { rows } = await client.query<{ day: string }>("select first_open_day::text as day from accounting_fence");
  const day = parseDay(rows[0]?.day ?? "");
  invariant(day !== undefined, "the accounting fence is missing");
  return day;
}

/** The same under the shared lock that every posting takes: the month can't close before the transaction ends. */
export async function lockFirstOpenDay(client: ClientBase): Promise<Day> {
  await client.query("select 1 from accounting_fence for share");
  return readFirstOpenDay(client);
}
