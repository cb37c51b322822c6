import type { ClientBase, Pool } from "pg";
import { bucketOf, type MemberId, type PartnerId } from "#kernel/ids.ts";
import {
  int2Array,
  int8Array,
  jsonArray,
  textArray,
  timestamptzArray,
  uuidArray,
} from "#platform/postgres/binary-arrays.ts";
import type { EventData, PartnerEvent, StoredEvent } from "../core/event.ts";

/** What makes an event the same event, and its body the same body. */
export type EventKey = { readonly keyBucket: number; readonly keyHash: Buffer; readonly bodyHash: Buffer };
export type KeyedEvent = { readonly key: EventKey; readonly event: PartnerEvent };

/**
 * One statement, one transaction: claims the keys, writes the events whose key was free, tells which those were. Of two
 * transactions with one key the second waits for the first. Keys in the order of the primary key, so that two batches
 * can't deadlock. All access by primary key.
 */
const INSERT = `
with given as (
  select * from unnest($1::int2[], $2::uuid[], $3::uuid[], $4::int2[], $5::int8[], $6::text[], $7::text[], $8::text[],
                       $9::timestamptz[], $10::json[])
    as x(key_bucket, key_hash, body_hash, bucket, member_id, partner, event_id, type, occurred_at, data)
), claimed as (
  insert into event_key (key_bucket, key_hash, body_hash, member_id)
  select key_bucket, key_hash, body_hash, member_id from given order by key_bucket, key_hash
  on conflict (key_bucket, key_hash) do nothing
  returning key_bucket, key_hash
), inserted as (
  insert into partner_event (bucket, member_id, partner, event_id, type, occurred_at, received_at, data)
  select g.bucket, g.member_id, g.partner, g.event_id, g.type, g.occurred_at, $11, g.data
  from given g join claimed c on c.key_bucket = g.key_bucket and c.key_hash = g.key_hash
  returning 1
)
select key_hash, (select count(*) from inserted)::int as events from claimed`;

/** Writes the new ones of these events (keys distinct); gives the key hashes that were new, as latin1 text. */
export async function insertEvents(
  client: ClientBase | Pool,
  events: readonly KeyedEvent[],
  receivedAt: number,
): Promise<Set<string>> {
  const { rows } = await client.query<{ key_hash: string; events: number }>({
    name: "insert-events",
    text: INSERT,
    values: [
      int2Array(events.map(({ key }) => key.keyBucket)),
      uuidArray(events.map(({ key }) => key.keyHash)),
      uuidArray(events.map(({ key }) => key.bodyHash)),
      int2Array(events.map(({ event }) => bucketOf(event.member))),
      int8Array(events.map(({ event }) => event.member)),
      textArray(events.map(({ event }) => event.partner)),
      textArray(events.map(({ event }) => event.id)),
      textArray(events.map(({ event }) => event.type)),
      timestamptzArray(events.map(({ event }) => event.at)),
      jsonArray(events.map(({ event }) => JSON.stringify(event.data))),
      new Date(receivedAt),
    ],
  });
  if (rows.length > 0 && rows[0]?.events !== rows.length) throw new Error("events and their keys differ");
  return new Set(rows.map((row) => bytesOf(row.key_hash).toString("latin1")));
}

/** By primary key, one probe a key. */
const FIND_KEYS = `
select k.key_hash, k.body_hash, k.member_id
from unnest($1::int2[], $2::uuid[]) as x(key_bucket, key_hash)
join event_key k on k.key_bucket = x.key_bucket and k.key_hash = x.key_hash`;

export type FoundKey = { readonly bodyHash: Buffer; readonly member: MemberId };

/** What is known of these keys, by key hash as latin1 text. */
export async function findEventKeys(
  client: ClientBase | Pool,
  keys: readonly Pick<EventKey, "keyBucket" | "keyHash">[],
): Promise<Map<string, FoundKey>> {
  if (keys.length === 0) return new Map();
  const { rows } = await client.query<{ key_hash: string; body_hash: string; member_id: number }>(FIND_KEYS, [
    int2Array(keys.map((key) => key.keyBucket)),
    uuidArray(keys.map((key) => key.keyHash)),
  ]);
  return new Map(
    rows.map((row) => [
      bytesOf(row.key_hash).toString("latin1"),
      { bodyHash: bytesOf(row.body_hash), member: row.member_id },
    ]),
  );
}

/** By primary key. */
const READ = `
select type, occurred_at, received_at, data from partner_event
where bucket = $1 and member_id = $2 and partner = $3 and event_id = $4`;

export async function readEvent(
  pool: Pool,
  member: MemberId,
  partner: PartnerId,
  id: string,
): Promise<StoredEvent | undefined> {
  const { rows } = await pool.query<{ type: string; occurred_at: Date; received_at: Date; data: EventData }>(READ, [
    bucketOf(member),
    member,
    partner,
    id,
  ]);
  const row = rows[0];
  if (!row) return undefined;
  const { type, data } = row;
  return { partner, id, member, type, data, at: row.occurred_at.getTime(), receivedAt: row.received_at.getTime() };
}

function bytesOf(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll("-", ""), "hex");
}
