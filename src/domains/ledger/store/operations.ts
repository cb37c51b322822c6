import type { ClientBase, Pool } from "pg";
import { bucketOf, type MemberId } from "#kernel/ids.ts";
import { int2Array, uuidArray } from "#platform/postgres/binary-arrays.ts";
import type { Movement, Operation, OperationFacts, OperationKind } from "../core/operation.ts";

/** An operation as it is read back: its body parsed, its owner known. */
export type StoredOperation = Omit<Operation, "body"> & {
  readonly member: MemberId;
  readonly body: unknown;
};

/** What a natural key was claimed for. Without a member: an anonymous receipt. */
export type ClaimedKey = {
  readonly keyHash: Buffer;
  readonly bodyHash: Buffer;
  readonly member?: MemberId;
  readonly seq?: number;
};

/** By primary key; one probe a key. */
const FIND_KEYS = `
select k.key_hash, k.body_hash, k.member_id, k.seq
from unnest($1::int2[], $2::uuid[]) as x(key_bucket, key_hash)
join operation_key k on k.key_bucket = x.key_bucket and k.key_hash = x.key_hash`;

export async function findKeys(
  client: ClientBase | Pool,
  keys: readonly { readonly keyBucket: number; readonly keyHash: Uint8Array }[],
): Promise<ClaimedKey[]> {
  if (keys.length === 0) return [];
  const { rows } = await client.query<{
    key_hash: string;
    body_hash: string;
    member_id: number | string | null;
    seq: number | null;
  }>({
    name: "find-keys",
    text: FIND_KEYS,
    values: [int2Array(keys.map((key) => key.keyBucket)), uuidArray(keys.map((key) => key.keyHash))],
  });
  return rows.map((row) => ({
    keyHash: uuidBytes(row.key_hash),
    bodyHash: uuidBytes(row.body_hash),
    ...(row.member_id === null || row.seq === null ? {} : { member: Number(row.member_id), seq: row.seq }),
  }));
}

export function uuidBytes(text: string): Buffer {
  return Buffer.from(text.replaceAll("-", ""), "hex");
}

/** By primary key. */
const READ_OPERATION = `
select seq, kind, partner, occurred_at, posted_at, business_day::text, accounting_day::text, programme_version,
       receipt_id, cites_seq, movements, facts, body
from operation where bucket = $1 and member_id = $2 and seq = $3`;

type OperationRow = {
  seq: number;
  kind: OperationKind;
  partner: string;
  occurred_at: Date;
  posted_at: Date;
  business_day: string;
  accounting_day: string;
  programme_version: number;
  receipt_id: string | null;
  cites_seq: number | null;
  movements: Movement[];
  facts: OperationFacts | null;
  body: unknown;
};

export async function readOperation(
  client: ClientBase | Pool,
  member: MemberId,
  seq: number,
): Promise<StoredOperation | undefined> {
  const { rows } = await client.query<OperationRow>({
    name: "read-operation",
    text: READ_OPERATION,
    values: [bucketOf(member), member, seq],
  });
  return rows[0] ? toOperation(member, rows[0]) : undefined;
}

/**
 * Newest first, by primary key backwards; `beforeSeq` is exclusive. An operation is made for the member whose identifier it
 * was made with; one without, as what it cites was; else for the stream's own.
 */
const LIST_OPERATIONS = `
select seq, kind, partner, occurred_at, posted_at, business_day::text, accounting_day::text, programme_version,
       receipt_id, cites_seq, movements, facts, body
from operation
where bucket = $1 and member_id = $2 and seq < $3
  and ($4::text is null or kind = $4) and ($5::timestamptz is null or occurred_at >= $5)
  and ($6::timestamptz is null or occurred_at < $6) and kind <> all($8)
  and ($9::int8[] is null or coalesce(
    (facts ->> 'via')::int8,
    (select (cited.facts ->> 'via')::int8 from operation cited
     where cited.bucket = $1 and cited.member_id = $2 and cited.seq = operation.cites_seq),
    $2) = any($9))
order by seq desc limit $7`;

export type OperationFilter = {
  readonly beforeSeq?: number;
  readonly kind?: string;
  readonly fromAt?: number;
  readonly untilAt?: number;
  readonly limit: number;
  readonly without?: readonly string[];
  /** Only what was made for these. */
  readonly madeFor?: readonly MemberId[];
};

/** A stream, and whose operations of it are meant; all of them if not said. */
export type HistoryStream = { readonly member: MemberId; readonly madeFor?: readonly MemberId[] };

export async function listOperations(
  client: ClientBase | Pool,
  member: MemberId,
  filter: OperationFilter,
): Promise<StoredOperation[]> {
  const { rows } = await client.query<OperationRow>(LIST_OPERATIONS, [
    bucketOf(member),
    member,
    filter.beforeSeq ?? 2_147_483_647,
    filter.kind ?? null,
    filter.fromAt === undefined ? null : new Date(filter.fromAt),
    filter.untilAt === undefined ? null : new Date(filter.untilAt),
    filter.limit,
    filter.without ?? [],
    filter.madeFor ?? null,
  ]);
  return rows.map((row) => toOperation(member, row));
}

function toOperation(member: MemberId, row: OperationRow): StoredOperation {
  return {
    member,
    seq: row.seq,
    kind: row.kind,
    partner: row.partner,
    occurredAt: row.occurred_at.getTime(),
    postedAt: row.posted_at.getTime(),
    businessDay: dayNumber(row.business_day),
    accountingDay: dayNumber(row.accounting_day),
    programmeVersion: row.programme_version,
    ...(row.receipt_id === null ? {} : { receiptId: row.receipt_id }),
    ...(row.cites_seq === null ? {} : { citesSeq: row.cites_seq }),
    movements: row.movements,
    facts: row.facts,
    body: row.body,
  };
}

function dayNumber(text: string): number {
  return Date.parse(`${text}T00:00:00Z`) / 86_400_000;
}
