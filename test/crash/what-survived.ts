import assert from "node:assert/strict";
import type { Pool } from "pg";
import type { Answered, Kind } from "./tills.ts";

/**
 * Compares what the tills were told with what the ledger holds: the same receipts, each once, and of every kind as many
 * operations as requests were accepted. Returns the number of operations.
 */
export async function comparedWithLedger(pool: Pool, answered: readonly Answered[]): Promise<number> {
  const accepted = distinct(answered.filter(({ answer }) => answer.status < 300));
  const { rows: receipts } = await pool.query<{ receipt_id: string; times: number }>(
    "select receipt_id, count(*)::int as times from operation where kind = 'purchase' group by receipt_id order by receipt_id",
  );
  const told = accepted.filter(({ kind }) => kind === "purchase").map(receiptIdOf);
  assert.deepEqual(
    receipts.filter(({ times }) => times !== 1),
    [],
    "receipts that were posted more than once",
  );
  assert.deepEqual(
    receipts.map(({ receipt_id }) => receipt_id),
    told.sort(),
    "receipts posted and receipts told",
  );

  const { rows: kinds } = await pool.query<{ kind: string; count: number }>(
    `select kind, count(*)::int as count from operation group by kind
     union all select 'anonymous', count(*)::int from anonymous_receipt`,
  );
  const stored = Object.fromEntries(kinds.map(({ kind, count }) => [kind, count]));
  for (const kind of ["purchase", "anonymous", "return", "hold", "capture", "void"] satisfies Kind[]) {
    const count = accepted.filter((each) => each.kind === kind).length;
    assert.equal(stored[kind] ?? 0, count, `${kind}: operations in the ledger, and requests that were accepted`);
  }
  const { rows: keys } = await pool.query<{ count: number }>("select count(*)::int as count from operation_key");
  assert.equal(keys[0]?.count, accepted.length, "keys claimed, and requests that were accepted");
  return kinds.filter(({ kind }) => kind !== "anonymous").reduce((total, { count }) => total + count, 0);
}

/** One of each request: a till that lost patience sent some twice. */
function distinct(answered: readonly Answered[]): Answered[] {
  const byRequest = new Map<string, Answered>();
  for (const each of answered) {
    const { path, body, idempotencyKey } = each.request;
    const name = JSON.stringify([path, body, idempotencyKey]);
    const twin = byRequest.get(name);
    if (twin) assert.equal(each.answer.body, twin.answer.body, `two answers to ${name}`);
    byRequest.set(name, each);
  }
  return [...byRequest.values()];
}

function receiptIdOf({ answer }: Answered): string {
  return (JSON.parse(answer.body) as { receiptId: string }).receiptId;
}
