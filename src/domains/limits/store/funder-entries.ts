import type { ClientBase, Pool } from "pg";
import type { PartnerId } from "#kernel/ids.ts";
import type { Kopecks, PointsCents } from "#kernel/money.ts";
import type { EpochMs } from "#kernel/time.ts";

/** A deposit, a top-up or a withdrawal; never changed. */
export type FunderEntry = {
  readonly funder: PartnerId;
  readonly entry: number;
  readonly key: string;
  readonly kind: "deposit" | "withdrawal";
  readonly amountKopecks: Kopecks;
  readonly amountCents: PointsCents;
  readonly note: string;
  readonly enteredBy: string;
  readonly enteredAt: EpochMs;
  /** Sum of the funder's entries up to this one. */
  readonly depositedCents: PointsCents;
};

type Row = {
  funder: PartnerId;
  entry: number;
  key: string;
  kind: FunderEntry["kind"];
  amount_kopecks: number;
  amount_cents: number;
  note: string;
  entered_by: string;
  entered_at: Date;
  deposited_cents: number;
};

function toEntry(row: Row): FunderEntry {
  return {
    funder: row.funder,
    entry: row.entry,
    key: row.key,
    kind: row.kind,
    amountKopecks: row.amount_kopecks,
    amountCents: row.amount_cents,
    note: row.note,
    enteredBy: row.entered_by,
    enteredAt: row.entered_at.getTime(),
    depositedCents: row.deposited_cents,
  };
}

/** By (funder, key). */
export async function findEntry(client: ClientBase, funder: PartnerId, key: string): Promise<FunderEntry | undefined> {
  const { rows } = await client.query<Row>("select * from funder_entry where funder = $1 and key = $2", [funder, key]);
  return rows[0] && toEntry(rows[0]);
}

/** Newest first, by primary key backwards; `before` is exclusive. */
export async function listEntries(
  client: ClientBase | Pool,
  funder: PartnerId,
  before: number,
  limit: number,
): Promise<FunderEntry[]> {
  const { rows } = await client.query<Row>(
    "select * from funder_entry where funder = $1 and entry < $2 order by entry desc limit $3",
    [funder, before, limit],
  );
  return rows.map(toEntry);
}

/** Deposits less withdrawals of every funder that ever had one: the last entry of each, by primary key. */
const DEPOSITED = `
select distinct on (funder) funder, deposited_cents from funder_entry order by funder, entry desc`;

export async function readDeposits(client: ClientBase | Pool): Promise<Map<PartnerId, PointsCents>> {
  const { rows } = await client.query<{ funder: PartnerId; deposited_cents: number }>(DEPOSITED);
  return new Map(rows.map((row) => [row.funder, row.deposited_cents]));
}

/** The funder's budget row is locked, so entries come one after the other. */
export async function insertEntry(client: ClientBase, entry: FunderEntry): Promise<void> {
  await client.query(
    `insert into funder_entry (funder, entry, key, kind, amount_kopecks, amount_cents, note, entered_by, entered_at, deposited_cents)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      entry.funder,
      entry.entry,
      entry.key,
      entry.kind,
      entry.amountKopecks,
      entry.amountCents,
      entry.note,
      entry.enteredBy,
      new Date(entry.enteredAt),
      entry.depositedCents,
    ],
  );
}
