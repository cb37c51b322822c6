import type { ClientBase, Pool } from "pg";
import { bucketOf, type MemberId, type PartnerId } from "#kernel/ids.ts";
import type { PointsCents } from "#kernel/money.ts";
import type { EpochMs } from "#kernel/time.ts";
import type { CodeKey } from "../core/codes.ts";
import { hashText } from "./promos.ts";

export type VoucherState = "taking" | "open" | "redeemed" | "cancelled" | "expired";

export type Voucher = {
  readonly offer: string;
  readonly partner: PartnerId;
  readonly member: MemberId;
  /** Which of the member's; with it the code is made again. */
  readonly turn: number;
  readonly state: VoucherState;
  readonly priceCents: PointsCents;
  readonly hold?: string;
  readonly issuedAt: EpochMs;
  readonly expiresAt: EpochMs;
  readonly endedAt?: EpochMs;
  readonly reference?: string;
};

type Row = {
  offer: string;
  partner: string;
  member_id: number | string;
  turn: number;
  state: VoucherState;
  price_cents: number | string;
  hold: string | null;
  issued_at: Date;
  expires_at: Date;
  ended_at: Date | null;
  reference: string | null;
};

const COLUMNS = "offer, partner, member_id, turn, state, price_cents, hold, issued_at, expires_at, ended_at, reference";

/** By voucher_member. */
const OF_MEMBERS = `select ${COLUMNS} from voucher where member_id = any($1) order by issued_at desc, offer, turn`;

export async function vouchersOf(client: ClientBase | Pool, members: readonly MemberId[]): Promise<Voucher[]> {
  const { rows } = await client.query<Row>(OF_MEMBERS, [members]);
  return rows.map(toVoucher);
}

/** By voucher_key. */
const BY_KEY = `select ${COLUMNS} from voucher where member_id = $1 and key_hash = $2`;

export async function voucherByKey(
  client: ClientBase | Pool,
  member: MemberId,
  keyHash: Buffer,
): Promise<Voucher | undefined> {
  const { rows } = await client.query<Row>(BY_KEY, [member, keyHash.toString("hex")]);
  return rows[0] && toVoucher(rows[0]);
}

/** By primary key. */
const BY_CODE = `select ${COLUMNS} from voucher where code_bucket = $1 and code_hash = $2`;

export async function voucherByCode(
  client: ClientBase | Pool,
  key: CodeKey,
  isLocked = false,
): Promise<Voucher | undefined> {
  const text = isLocked ? `${BY_CODE} for update` : BY_CODE;
  const { rows } = await client.query<Row>(text, [key.bucket, hashText(key)]);
  return rows[0] && toVoucher(rows[0]);
}

/** By primary key, the row locked for the rest of the transaction: takers of one offer come one after the other. */
const OPEN_STOCK = "insert into voucher_stock (offer) values ($1) on conflict (offer) do nothing";
const COUNT =
  "update voucher_stock set issued = issued + 1 where offer = $1 and ($2::int8 is null or issued < $2) returning issued";
const UNCOUNT = "update voucher_stock set issued = issued - 1 where offer = $1";
const ISSUED = "select offer, issued from voucher_stock where offer = any($1)";

export async function countVoucher(client: ClientBase, offer: string, stock: number | undefined): Promise<boolean> {
  await client.query(OPEN_STOCK, [offer]);
  const { rows } = await client.query(COUNT, [offer, stock ?? null]);
  return rows.length === 1;
}

export async function uncountVoucher(client: ClientBase, offer: string): Promise<void> {
  await client.query(UNCOUNT, [offer]);
}

export async function issuedVouchers(pool: Pool, offers: readonly string[]): Promise<Map<string, number>> {
  if (offers.length === 0) return new Map();

  const { rows } = await pool.query<{ offer: string; issued: number | string }>(ISSUED, [offers]);
  return new Map(rows.map((row) => [row.offer, Number(row.issued)]));
}

const INSERT = `
insert into voucher (code_bucket, code_hash, offer, partner, bucket, member_id, turn, key_hash, state, price_cents, issued_at, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`;

export async function insertVoucher(
  client: ClientBase,
  code: CodeKey,
  keyHash: Buffer,
  voucher: Omit<Voucher, "hold" | "endedAt" | "reference">,
): Promise<void> {
  const { offer, partner, member, turn, state, priceCents, issuedAt, expiresAt } = voucher;
  await client.query(INSERT, [
    code.bucket,
    hashText(code),
    offer,
    partner,
    bucketOf(member),
    member,
    turn,
    keyHash.toString("hex"),
    state,
    priceCents,
    new Date(issuedAt),
    new Date(expiresAt),
  ]);
}

/** By primary key; only from the state named, so that of two that end it one does. */
const CHANGE = `
update voucher set state = $4, hold = coalesce($5, hold), ended_at = $6, ended_by = $7, reference = coalesce($8, reference)
where code_bucket = $1 and code_hash = $2 and state = $3 returning 1`;

export type VoucherChange = {
  readonly from: VoucherState;
  readonly to: VoucherState;
  readonly hold?: string;
  readonly endedAt?: EpochMs;
  readonly endedBy?: string;
  readonly reference?: string;
};

export async function changeVoucher(client: ClientBase | Pool, code: CodeKey, change: VoucherChange): Promise<boolean> {
  const { from, to, hold, endedAt, endedBy, reference } = change;
  const { rows } = await client.query(CHANGE, [
    code.bucket,
    hashText(code),
    from,
    to,
    hold ?? null,
    endedAt === undefined ? null : new Date(endedAt),
    endedBy ?? null,
    reference ?? null,
  ]);
  return rows.length === 1;
}

/** By voucher_due: those whose time has passed are expired, and their stock comes back. A redeemed one is none of them. */
const EXPIRE = `
with gone as (
  update voucher set state = 'expired', ended_at = expires_at
  where state in ('open', 'taking') and expires_at <= $1 returning offer
)
update voucher_stock s set issued = s.issued - g.count
from (select offer, count(*) as count from gone group by offer) g where s.offer = g.offer
returning g.count::int as count`;

export async function expireVouchers(pool: Pool, now: EpochMs): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(EXPIRE, [new Date(now)]);
  return rows.reduce((sum, row) => sum + row.count, 0);
}

function toVoucher(row: Row): Voucher {
  return {
    offer: row.offer,
    partner: row.partner,
    member: Number(row.member_id),
    turn: row.turn,
    state: row.state,
    priceCents: Number(row.price_cents),
    ...(row.hold === null ? {} : { hold: row.hold }),
    issuedAt: row.issued_at.getTime(),
    expiresAt: row.expires_at.getTime(),
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at.getTime() }),
    ...(row.reference === null ? {} : { reference: row.reference }),
  };
}
