import type { ClientBase } from "pg";
import { bucketOf, type MemberId } from "#kernel/ids.ts";
import type { ReturnedState } from "../core/operation.ts";
import type { HistoryOperation } from "../core/trace-crossings.ts";
import type { Lot, Wallet } from "../core/wallet.ts";
import { LOT_JSON, type LotJson, loadWallets, toLot } from "./load-wallets.ts";

/** A member with all that a merge moves: closed lots and returns too. */
export type WholeMember = {
  readonly wallet: Wallet;
  readonly closedLots: readonly Lot[];
  readonly returned: ReadonlyMap<number, ReturnedState>;
};

/** Locks the wallets in their order, so that two merges can't deadlock; nobody posts to them until the end. */
const LOCK = `
select member_id from wallet where bucket = any($1) and member_id = any($2) order by bucket, member_id for update`;

/** By primary key: all lots that the wallet doesn't carry. */
const CLOSED_LOTS = `
select ${LOT_JSON} as lot from lot l where l.bucket = $1 and l.member_id = $2 and not l.is_open order by l.seq, l.part`;

/** By primary key. */
const RETURNED = `
select seq, lines, refunded, absorbed from purchase_return where bucket = $1 and member_id = $2 order by seq`;

export async function lockWallets(client: ClientBase, members: readonly MemberId[]): Promise<void> {
  await client.query(LOCK, [members.map(bucketOf), members]);
}

/** Inside the transaction that has locked the wallet. */
export async function loadWholeMember(client: ClientBase, member: MemberId): Promise<WholeMember | undefined> {
  const wallet = (await loadWallets(client, [member])).get(member);
  if (!wallet) return undefined;
  const key = [bucketOf(member), member];
  const lots = await client.query<{ lot: LotJson }>(CLOSED_LOTS, key);
  const returned = await client.query<ReturnedState & { seq: number }>(RETURNED, key);
  return {
    wallet,
    closedLots: lots.rows.map((row) => toLot(row.lot)),
    returned: new Map(returned.rows.map(({ seq, ...state }) => [seq, state])),
  };
}

/** By primary key, in order: what an unmerge has to look through. */
const HISTORY = `
select seq, kind, partner, occurred_at, movements, facts, cites_seq from operation
where bucket = $1 and member_id = $2 and seq >= $3 order by seq`;

export async function loadHistory(client: ClientBase, member: MemberId, fromSeq: number): Promise<HistoryOperation[]> {
  const { rows } = await client.query<
    Omit<HistoryOperation, "occurredAt" | "citesSeq"> & { occurred_at: Date; cites_seq: number | null }
  >(HISTORY, [bucketOf(member), member, fromSeq]);
  return rows.map(({ occurred_at, cites_seq, ...row }) => ({
    ...row,
    occurredAt: occurred_at.getTime(),
    citesSeq: cites_seq ?? undefined,
  }));
}

/** By primary key, of a wallet that the transaction has locked. */
const SET_STATUS = `
update wallet set status = $3, merged_into = $4, merged_base = $5 where bucket = $1 and member_id = $2 returning 1`;

/** Whether a member answers for itself, was merged into another, or was erased. */
export async function setWalletStatus(client: ClientBase, wallet: Wallet): Promise<void> {
  const { bucket, member, status, mergedInto, mergedBase } = wallet;
  await client.query(SET_STATUS, [bucket, member, status, mergedInto ?? null, mergedBase ?? null]);
}
