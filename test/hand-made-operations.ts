import type { ClientBase, Pool } from "pg";
import { bucketOf } from "#kernel/ids.ts";

/** An operation written straight into the table, as the ledger would have: a test names what it is about. */
export type HandMade = {
  readonly member: number;
  readonly seq: number;
  readonly kind?: string;
  readonly partner?: string;
  /** YYYY-MM-DD; also its business day unless that is given. */
  readonly accountingDay?: string;
  readonly businessDay?: string;
  readonly postedAt?: Date;
  readonly receiptId?: string;
  readonly citesSeq?: number;
  readonly movements?: readonly HandMadeMovement[];
  readonly body?: unknown;
};

/** [from, to, lot seq, lot part, funder, redeemer or null, cents] */
export type HandMadeMovement = readonly [string, string, number, number, string, string | null, number];

/** Points given by `funder`. */
export function issued(funder: string, cents: number, lot = 1): HandMadeMovement {
  return ["ob", "ac", lot, 0, funder, null, cents];
}

export function spent(funder: string, redeemer: string, cents: number, lot = 1): HandMadeMovement {
  return ["ac", "re", lot, 0, funder, redeemer, cents];
}

export function givenBack(funder: string, redeemer: string, cents: number, lot = 1): HandMadeMovement {
  return ["re", "ac", lot, 0, funder, redeemer, cents];
}

export function expired(funder: string, cents: number, lot = 1): HandMadeMovement {
  return ["ac", "ex", lot, 0, funder, null, cents];
}

const INSERT = `
insert into operation (bucket, member_id, seq, kind, partner, occurred_at, posted_at, business_day, accounting_day,
  programme_version, receipt_id, cites_seq, movements, body)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $11, $12, $13)`;

export async function insertOperation(client: ClientBase | Pool, operation: HandMade): Promise<void> {
  const accountingDay = operation.accountingDay ?? "2026-01-15";
  const businessDay = operation.businessDay ?? accountingDay;
  const occurredAt = new Date(`${businessDay}T09:00:00Z`);
  await client.query(INSERT, [
    bucketOf(operation.member),
    operation.member,
    operation.seq,
    operation.kind ?? "purchase",
    operation.partner ?? "alfa",
    occurredAt,
    operation.postedAt ?? occurredAt,
    businessDay,
    accountingDay,
    operation.receiptId ?? null,
    operation.citesSeq ?? null,
    JSON.stringify(operation.movements ?? []),
    JSON.stringify(operation.body ?? { v: 1 }),
  ]);
}

export async function insertOperations(client: ClientBase | Pool, operations: readonly HandMade[]): Promise<void> {
  for (const operation of operations) await insertOperation(client, operation);
}
