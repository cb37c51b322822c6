import type { Pool } from "pg";
import { bucketOf } from "#kernel/ids.ts";
import { parseDay } from "#kernel/time.ts";
import type { Movement } from "../model/types.ts";

/** What PostgreSQL holds of one member, read by plain SQL that shares nothing with the code under test. */
export type Stored = {
  readonly wallet: {
    readonly seq: number;
    readonly activeCents: number;
    readonly pendingCents: number;
    readonly heldCents: number;
    readonly arrears: readonly (readonly [funder: string, cents: number, since: number])[];
    readonly nextChangeAt: number | null;
  };
  readonly lots: readonly StoredLot[];
  readonly holds: readonly { readonly seq: number; readonly state: string; readonly items: string }[];
  readonly operations: readonly StoredOperation[];
};

export type StoredLot = {
  readonly seq: number;
  readonly part: number;
  readonly earnedAt: number;
  readonly expiresAt: number | null;
  readonly isActive: boolean;
  readonly isOpen: boolean;
  readonly funders: readonly string[];
  readonly amount: readonly number[];
  readonly remaining: readonly number[];
  readonly held: readonly number[] | null;
  readonly spent: readonly number[] | null;
  readonly expired: readonly number[] | null;
  readonly takenBack: readonly number[] | null;
};

export type StoredOperation = {
  readonly seq: number;
  readonly kind: string;
  readonly occurredAt: number;
  readonly postedAt: number;
  readonly businessDay: number;
  readonly accountingDay: number;
  readonly citesSeq: number | null;
  readonly movements: readonly Movement[];
};

const MS = (column: string): string => `(extract(epoch from nullif(${column}, 'infinity')) * 1000)::float8`;

/** Operations after `sinceSeq` only: they are immutable, so a run reads each once. */
export async function readStored(pool: Pool, member: number, sinceSeq: number): Promise<Stored> {
  const at = [bucketOf(member), member];
  const [wallets, lots, holds, operations] = await Promise.all([
    pool.query(
      `select seq, active_cents::float8 "activeCents", pending_cents::float8 "pendingCents", held_cents::float8 "heldCents",
              coalesce(arrears, '[]'::json) arrears, ${MS("next_change_at")} "nextChangeAt"
         from wallet where bucket = $1 and member_id = $2`,
      at,
    ),
    pool.query(
      `select seq, part, ${MS("earned_at")} "earnedAt", ${MS("expires_at")} "expiresAt", is_active "isActive",
              is_open "isOpen", funders, amount::float8[], remaining::float8[], held::float8[], spent::float8[],
              expired::float8[], taken_back::float8[] "takenBack"
         from lot where bucket = $1 and member_id = $2 order by seq, part`,
      at,
    ),
    pool.query("select seq, state, items::text items from hold where bucket = $1 and member_id = $2 order by seq", at),
    pool.query(
      `select seq, kind, ${MS("occurred_at")} "occurredAt", ${MS("posted_at")} "postedAt", business_day::text "businessDay",
              accounting_day::text "accountingDay", cites_seq "citesSeq", movements
         from operation where bucket = $1 and member_id = $2 and seq > $3 order by seq`,
      [...at, sinceSeq],
    ),
  ]);
  return {
    wallet: wallets.rows[0],
    lots: lots.rows,
    holds: holds.rows,
    operations: operations.rows.map((row) => ({
      ...row,
      businessDay: parseDay(row.businessDay),
      accountingDay: parseDay(row.accountingDay),
    })),
  };
}

/** funder × redeemer by month of the accounting day, by one SQL statement over the movements of some members. */
export async function readMatrix(pool: Pool, members: readonly number[]): Promise<string[]> {
  const { rows } = await pool.query(
    `select to_char(accounting_day, 'YYYY-MM') as month, m ->> 4 as funder, m ->> 5 as redeemer,
            sum((m ->> 6)::bigint * case when m ->> 1 = 're' then 1 else -1 end)::float8 as cents
       from operation, json_array_elements(movements) m
      where bucket = any($1) and member_id = any($2) and 're' in (m ->> 0, m ->> 1)
      group by 1, 2, 3 order by 1, 2, 3`,
    [members.map(bucketOf), members],
  );
  return rows
    .filter((row) => row.cents !== 0)
    .map((row) => ({ cell: `${row.month} ${row.funder} ${row.redeemer}`, cents: row.cents }))
    .sort((a, b) => (a.cell < b.cell ? -1 : 1))
    .map(({ cell, cents }) => `${cell} ${cents}`);
}

export type PutAside = { readonly bucket: number; readonly member: string; readonly nextChangeAt: Date | null };

/** The sweeper of later histories must not find the members of this one: their model is no longer there to follow. */
export async function putAside(pool: Pool, members: readonly number[]): Promise<PutAside[]> {
  const { rows } = await pool.query(
    `update wallet set next_change_at = null where bucket = any($1) and member_id = any($2)
     returning new.bucket, new.member_id::text as member, old.next_change_at as "nextChangeAt"`,
    [members.map(bucketOf), members],
  );
  return rows;
}

/** Gives the wallets back what was hidden, so that all of them can be verified. */
export async function bringBack(pool: Pool, all: readonly PutAside[]): Promise<void> {
  await pool.query(
    `update wallet set next_change_at = t.at
       from unnest($1::smallint[], $2::bigint[], $3::timestamptz[]) as t (bucket, member_id, at)
      where wallet.bucket = t.bucket and wallet.member_id = t.member_id`,
    [all.map((one) => one.bucket), all.map((one) => one.member), all.map((one) => one.nextChangeAt)],
  );
}
