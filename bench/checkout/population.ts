import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Pool, PoolClient } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import type { IdentifierKey } from "#domains/identity/index.ts";
import { BUCKETS, bucketOf } from "#kernel/ids.ts";
import { DAY_MS, formatDay, formatInstant } from "#kernel/time.ts";
import { cardOf } from "./members.ts";

/** What every member begins with, by funder in order: 600 points, active, for a year. */
export const OPENING: readonly (readonly [funder: string, cents: number])[] = [
  ["alfa", 30_000],
  ["bravo", 20_000],
  ["charlie", 10_000],
];

/** Rows of one transaction: the feed moves whole transactions. */
const CHUNK = 20_000;
const TEXT_BYTES = 256 * 1024;

export type PopulationOptions = {
  readonly members: number;
  readonly now: number;
  readonly identifierKey: (kind: string, value: string) => IdentifierKey;
};

/**
 * Makes members 1..n by COPY, as moving a programme in would: a wallet, an opening operation with its lot, and a card each, in
 * the order of the primary keys. About 30 s for a million on two cores. Does nothing when they are there.
 */
export async function populate(pool: Pool, options: PopulationOptions): Promise<void> {
  const found = await countMembers(pool);
  if (found >= options.members) return;
  if (found > 0) throw new Error(`the home has ${found} members already: give --members ${found}, or another --home`);
  await pool.query("select setval('member_id_seq', $1)", [Math.ceil(options.members / 1000) * 1000 + 1]);
  const byBucket = countingSort(options.members, (index) => bucketOf(index + 1));
  await Promise.all([copyLedger(pool, options, byBucket), copyIdentifiers(pool, options)]);
  await pool.query("vacuum analyze wallet, lot, operation, identifier");
  await pool.query("checkpoint");
}

export async function countMembers(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ members: number }>("select count(*)::int as members from wallet where seq > 0");
  return rows[0]?.members ?? 0;
}

async function copyLedger(pool: Pool, options: PopulationOptions, order: Uint32Array): Promise<void> {
  const at = formatInstant(options.now - DAY_MS);
  const day = formatDay(Math.floor((options.now - DAY_MS) / DAY_MS));
  const earnedAt = options.now - DAY_MS;
  const expiresAt = Math.floor(options.now / 1000) * 1000 + 365 * DAY_MS;
  const expires = formatInstant(expiresAt);
  const total = OPENING.reduce((sum, [, cents]) => sum + cents, 0);
  const amounts = `{${OPENING.map(([, cents]) => cents).join(",")}}`;
  const funders = `{${OPENING.map(([funder]) => funder).join(",")}}`;
  const movements = JSON.stringify(OPENING.map(([funder, cents]) => ["ob", "ac", 1, 0, funder, null, cents]));
  const facts = JSON.stringify({ lots: [[0, earnedAt, earnedAt, expiresAt]] });
  const wallet = { activeCents: total, pendingCents: 0, heldCents: 0, arrearsCents: 0 };
  const body = JSON.stringify({ v: 1, wallet });
  const tables: readonly (readonly [table: string, rest: string])[] = [
    ["wallet (bucket, member_id, seq, active_cents, next_change_at, created_at)", `1\t${total}\t${expires}\t${at}`],
    [
      `lot (bucket, member_id, seq, part, earned_at, available_at, expires_at, is_active, is_open, funders, amount, remaining)`,
      `1\t0\t${at}\t${at}\t${expires}\tt\tt\t${funders}\t${amounts}\t${amounts}`,
    ],
    [
      `operation (bucket, member_id, seq, kind, partner, occurred_at, posted_at, business_day, accounting_day,
                  programme_version, movements, facts, body)`,
      `1\topening\toperator\t${at}\t${at}\t${day}\t${day}\t1\t${movements}\t${facts}\t${body}`,
    ],
  ];
  await withClient(pool, async (client) => {
    for (let start = 0; start < order.length; start += CHUNK) {
      const chunk = order.subarray(start, start + CHUNK);
      await client.query("begin");
      for (const [table, rest] of tables) {
        await copy(client, table, chunk, (index) => `${bucketOf(index + 1)}\t${index + 1}\t${rest}\n`);
      }
      await client.query("commit");
    }
  });
}

async function copyIdentifiers(pool: Pool, options: PopulationOptions): Promise<void> {
  const at = formatInstant(options.now - DAY_MS);
  const hashes = Buffer.allocUnsafe(options.members * 16);
  const buckets = new Uint16Array(options.members);
  for (let index = 0; index < options.members; index++) {
    const key = options.identifierKey("card", cardOf(index + 1));
    hashes.set(key.valueHash, index * 16);
    buckets[index] = key.idBucket;
  }
  const order = countingSort(options.members, (index) => buckets[index] as number);
  await withClient(pool, (client) =>
    copy(client, "identifier (id_bucket, kind, value_hash, member_id, created_at)", order, (index) => {
      const hash = hashes.toString("hex", index * 16, index * 16 + 16);
      return `${buckets[index]}\tcard\t${hash}\t${index + 1}\t${at}\n`;
    }),
  );
}

async function withClient(pool: Pool, work: (client: PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect();
  try {
    await work(client);
  } finally {
    client.release();
  }
}

async function copy(client: PoolClient, table: string, order: Uint32Array, row: (index: number) => string) {
  await pipeline(
    Readable.from(texts(order, row), { objectMode: false }),
    client.query(copyFrom(`copy ${table} from stdin`)),
  );
}

function* texts(order: Uint32Array, row: (index: number) => string): Generator<string> {
  let text = "";
  for (const index of order) {
    text += row(index);
    if (text.length < TEXT_BYTES) continue;
    yield text;
    text = "";
  }
  if (text !== "") yield text;
}

/** Indexes 0..n-1 in the order of their buckets. */
function countingSort(n: number, bucket: (index: number) => number): Uint32Array {
  const starts = new Uint32Array(BUCKETS + 1);
  for (let index = 0; index < n; index++) {
    const next = bucket(index) + 1;
    starts[next] = (starts[next] as number) + 1;
  }
  for (let at = 1; at <= BUCKETS; at++) starts[at] = (starts[at] as number) + (starts[at - 1] as number);
  const order = new Uint32Array(n);
  for (let index = 0; index < n; index++) {
    const of = bucket(index);
    const place = starts[of] as number;
    order[place] = index;
    starts[of] = place + 1;
  }
  return order;
}
