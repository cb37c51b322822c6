import type { ClientBase, Pool } from "pg";

/** By primary key. The stored body of a receipt without a member. */
export async function readAnonymousReceipt(
  client: ClientBase | Pool,
  keyBucket: number,
  keyHash: Uint8Array,
): Promise<{ body: unknown; partner: string } | undefined> {
  const { rows } = await client.query<{ body: unknown; partner: string }>(
    "select body, partner from anonymous_receipt where key_bucket = $1 and key_hash = $2",
    [keyBucket, Buffer.from(keyHash).toString("hex")],
  );
  return rows[0];
}
