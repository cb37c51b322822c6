import type { ClientBase, Pool } from "pg";
import { bucketOf, type MemberId } from "#kernel/ids.ts";
import { int2Array, int8Array } from "#platform/postgres/binary-arrays.ts";
import type { ReturnedState } from "../core/operation.ts";
import { compareLots } from "../core/order.ts";
import {
  type CapUse,
  type Hold,
  type Lot,
  type LotShare,
  NEVER,
  type Trait,
  type Wallet,
  zeros,
} from "../core/wallet.ts";

export const LOT_JSON = `json_build_array(l.seq, l.part, (extract(epoch from l.earned_at) * 1000)::int8,
  (extract(epoch from l.available_at) * 1000)::int8, (extract(epoch from l.expires_at) * 1000)::int8, l.is_active,
  l.funders, l.amount, l.remaining, l.held, l.spent, l.expired, l.taken_back)`;

/**
 * Wallets with their open lots, open holds and traits, all by primary key or partial index: about four index probes a
 * member. No locks: a stale read is caught by the sequence number when posting.
 */
const LOAD = `
select w.bucket, w.member_id, w.seq, w.status, w.merged_into, w.merged_base, w.active_cents, w.pending_cents, w.held_cents,
       w.arrears, w.cap_use, w.first_purchases, w.next_change_at, w.created_at,
       (select json_agg(${LOT_JSON}) from lot l
         where l.bucket = w.bucket and l.member_id = w.member_id and l.is_open) as lots,
       (select json_agg(json_build_array(h.seq, h.partner, (extract(epoch from h.placed_at) * 1000)::int8,
                                         (extract(epoch from h.expires_at) * 1000)::int8, h.items) order by h.seq)
          from hold h where h.bucket = w.bucket and h.member_id = w.member_id and h.state = 'open') as holds,
       (select json_agg(json_build_array(t.kind, t.key, (extract(epoch from t.valid_from) * 1000)::int8,
                                         (extract(epoch from t.valid_until) * 1000)::int8) order by t.valid_from, t.kind, t.key)
          from member_trait t where t.bucket = w.bucket and t.member_id = w.member_id
           and (t.valid_until is null or t.valid_until > t.valid_from)) as traits
from unnest($1::int2[], $2::int8[]) as x(bucket, member_id)
join wallet w on w.bucket = x.bucket and w.member_id = x.member_id`;

/** The same for one member with what a return needs, in one snapshot: a wallet and lots of different moments don't fit. */
const LOAD_FOR_RETURN = `
with w as (${LOAD})
select w.*,
       (select json_agg(${LOT_JSON}) from lot l
         where l.bucket = w.bucket and l.member_id = w.member_id and l.seq = any($3) and not l.is_open) as closed_lots,
       (select json_build_object('lines', r.lines, 'refunded', r.refunded, 'absorbed', r.absorbed)
          from purchase_return r
         where r.bucket = w.bucket and r.member_id = w.member_id and r.seq = $4) as returned
from w`;

const LOAD_RETURNED = `
select lines, refunded, absorbed from purchase_return where bucket = $1 and member_id = $2 and seq = $3`;

export type LotJson = [
  number,
  number,
  number,
  number,
  number | null,
  boolean,
  string[],
  number[],
  number[],
  number[] | null,
  number[] | null,
  number[] | null,
  number[] | null,
];

type WalletRow = {
  bucket: number;
  member_id: number | string;
  seq: number;
  status: Wallet["status"];
  merged_into: number | string | null;
  merged_base: number | null;
  active_cents: number | string;
  pending_cents: number | string;
  held_cents: number | string;
  arrears: [string, number, number][] | null;
  cap_use: Record<string, CapUse> | null;
  first_purchases: Record<string, number> | null;
  next_change_at: Date | null;
  created_at: Date;
  lots: LotJson[] | null;
  holds: [number, string, number, number, LotShare[]][] | null;
  traits: [Trait["kind"], string, number, number | null][] | null;
};

/** The stored wallets of these members; members without one are absent. */
export async function loadWallets(
  client: ClientBase | Pool,
  members: readonly MemberId[],
): Promise<Map<MemberId, Wallet>> {
  const wallets = new Map<MemberId, Wallet>();
  if (members.length === 0) return wallets;
  const { rows } = await client.query<WalletRow>({
    name: "load-wallets",
    text: LOAD,
    values: [int2Array(members.map(bucketOf)), int8Array(members)],
  });
  for (const row of rows) {
    const wallet = toWallet(row);
    wallets.set(wallet.member, wallet);
  }
  return wallets;
}

/** A wallet as a return needs it: with the closed lots that it may have to fill again, and what has been returned. */
export type WalletForReturn = {
  readonly wallet: Wallet;
  readonly closedLots: readonly Lot[];
  /** Undefined before the purchase's first return. */
  readonly returned: ReturnedState | undefined;
};

export async function loadForReturn(
  client: ClientBase,
  member: MemberId,
  purchaseSeq: number,
  lotSeqs: readonly number[],
): Promise<WalletForReturn | undefined> {
  type Row = WalletRow & { closed_lots: LotJson[] | null; returned: ReturnedState | null };
  const { rows } = await client.query<Row>({
    name: "load-for-return",
    text: LOAD_FOR_RETURN,
    values: [int2Array([bucketOf(member)]), int8Array([member]), lotSeqs, purchaseSeq],
  });
  const row = rows[0];
  if (!row) return undefined;
  return {
    wallet: toWallet(row),
    closedLots: (row.closed_lots ?? []).map(toLot),
    returned: row.returned ?? undefined,
  };
}

/** What has been returned of a purchase so far; undefined before its first return. */
export async function loadReturned(
  client: ClientBase | Pool,
  member: MemberId,
  purchaseSeq: number,
): Promise<ReturnedState | undefined> {
  const { rows } = await client.query<ReturnedState>(LOAD_RETURNED, [bucketOf(member), member, purchaseSeq]);
  return rows[0];
}

let readings = 0;

/** Shared by all who have none: hundreds of thousands of wallets are remembered. */
const NOTHING = new Map<string, never>();

function toWallet(row: WalletRow): Wallet {
  return {
    reading: ++readings,
    bucket: row.bucket,
    member: Number(row.member_id),
    seq: row.seq,
    isStored: true,
    status: row.status,
    ...(row.merged_into === null ? {} : { mergedInto: Number(row.merged_into) }),
    ...(row.merged_base === null ? {} : { mergedBase: row.merged_base }),
    lots: (row.lots ?? []).map(toLot).sort(compareLots),
    holds: (row.holds ?? []).map(toOpenHold),
    debts: (row.arrears ?? []).map(([funder, cents, sinceSeq]) => ({ funder, cents, sinceSeq })),
    capUse: row.cap_use === null ? NOTHING : new Map(Object.entries(row.cap_use)),
    firstPurchaseAt: row.first_purchases === null ? NOTHING : new Map(Object.entries(row.first_purchases)),
    traits: (row.traits ?? []).map(([kind, key, fromAt, untilAt]) => ({
      kind,
      key,
      fromAt,
      ...(untilAt === null ? {} : { untilAt }),
    })),
    activeCents: Number(row.active_cents),
    pendingCents: Number(row.pending_cents),
    heldCents: Number(row.held_cents),
    nextChangeAt: row.next_change_at === null ? NEVER : row.next_change_at.getTime(),
    createdAt: row.created_at.getTime(),
  };
}

function toOpenHold([seq, partner, placedAt, expiresAt, items]: [number, string, number, number, LotShare[]]): Hold {
  return { seq, partner, state: "open", placedAt, expiresAt, items };
}

export function toLot(json: LotJson): Lot {
  const [
    seq,
    part,
    earnedAt,
    availableAt,
    expiresAt,
    isActive,
    funders,
    amount,
    remaining,
    held,
    spent,
    expired,
    taken,
  ] = json;
  const none = zeros(funders.length);
  return {
    seq,
    part,
    earnedAt,
    availableAt,
    expiresAt: expiresAt ?? NEVER,
    isActive,
    funders,
    amount,
    remaining,
    held: held ?? none,
    spent: spent ?? none,
    expired: expired ?? none,
    takenBack: taken ?? none,
  };
}
