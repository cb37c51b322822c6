import type { ClientBase, Pool } from "pg";
import type { IdentifierKey } from "#domains/identity/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";
import type { MessageKind, MessageState } from "../core/message.ts";

export type MessageKey = { readonly bucket: number; readonly hash: Buffer };

export type NewMessage = {
  readonly key: MessageKey;
  readonly bodyHash: Buffer;
  readonly bank: string;
  readonly id: string;
  readonly kind: MessageKind;
  readonly of?: MessageKey;
  /** Only of what has yet to find its member. */
  readonly token?: IdentifierKey;
  readonly at: EpochMs;
  readonly receivedAt: EpochMs;
  readonly amountKopecks: number;
  readonly mcc: string;
  readonly merchant?: string;
  readonly state: MessageState;
  readonly reason?: string;
};

export type StoredMessage = NewMessage & {
  readonly member?: MemberId;
  readonly receiptId?: string;
};

/** By primary key; of two with one key the second waits for the first. */
const INSERT = `
insert into card_message (key_bucket, key_hash, body_hash, bank, message_id, kind, of_bucket, of_hash, token_bucket, token_kind,
  token_hash, occurred_at, received_at, amount_kopecks, mcc, merchant, state, reason)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
on conflict (key_bucket, key_hash) do nothing returning 1`;

/** Whether it was new. */
export async function insertMessage(pool: Pool, message: NewMessage): Promise<boolean> {
  const { key, bodyHash, of, token } = message;
  const { rows } = await pool.query({
    name: "insert-card-message",
    text: INSERT,
    values: [
      key.bucket,
      hex(key.hash),
      hex(bodyHash),
      message.bank,
      message.id,
      message.kind,
      of?.bucket ?? null,
      of === undefined ? null : hex(of.hash),
      token?.idBucket ?? null,
      token?.kind ?? null,
      token === undefined ? null : hex(token.valueHash),
      new Date(message.at),
      new Date(message.receivedAt),
      message.amountKopecks,
      message.mcc,
      message.merchant ?? null,
      message.state,
      message.reason ?? null,
    ],
  });
  return rows.length === 1;
}

type Row = {
  key_bucket: number;
  key_hash: string;
  body_hash: string;
  bank: string;
  message_id: string;
  kind: MessageKind;
  of_bucket: number | null;
  of_hash: string | null;
  token_bucket: number | null;
  token_kind: string | null;
  token_hash: string | null;
  occurred_at: Date;
  received_at: Date;
  amount_kopecks: number | string;
  mcc: string;
  merchant: string | null;
  state: MessageState;
  reason: string | null;
  member_id: number | string | null;
  receipt_id: string | null;
};

const COLUMNS = `m.key_bucket, m.key_hash, m.body_hash, m.bank, m.message_id, m.kind, m.of_bucket, m.of_hash, m.token_bucket,
  m.token_kind, m.token_hash, m.occurred_at, m.received_at, m.amount_kopecks, m.mcc, m.merchant, m.state, m.reason,
  m.member_id, m.receipt_id`;

/** By primary key. */
export async function readMessage(client: ClientBase | Pool, key: MessageKey): Promise<StoredMessage | undefined> {
  const text = `select ${COLUMNS} from card_message m where key_bucket = $1 and key_hash = $2`;
  const { rows } = await client.query<Row>(text, [key.bucket, hex(key.hash)]);
  return rows[0] && toMessage(rows[0]);
}

/** By card_message_due, oldest first. */
export async function dueMessages(pool: Pool, limit: number): Promise<StoredMessage[]> {
  const text = `select ${COLUMNS} from card_message m where state = 'due' order by received_at limit $1`;
  const { rows } = await pool.query<Row>(text, [limit]);
  return rows.map(toMessage);
}

/** By primary key, from `due` only: whoever was first has said what became of it. The token goes once it is settled. */
const SETTLE = `
update card_message set state = $3, reason = $4, member_id = $5, receipt_id = $6,
  token_hash = case when $3 = 'unmatched' then token_hash end
where key_bucket = $1 and key_hash = $2 and state = 'due' returning 1`;

/** By card_message_of: what undoes this one and waited for it is due. */
const WAKE = `
update card_message set state = 'due'
where of_bucket = $1 and of_hash = $2 and state = 'noted' and kind in ('refund', 'reversal')`;

export type MessageOutcome = {
  readonly state: MessageState;
  readonly reason?: string;
  readonly member?: MemberId;
  readonly receiptId?: string;
};

export async function settleMessage(client: ClientBase, key: MessageKey, outcome: MessageOutcome): Promise<void> {
  const { state, reason, member, receiptId } = outcome;
  await client.query(SETTLE, [key.bucket, hex(key.hash), state, reason ?? null, member ?? null, receiptId ?? null]);
  if (state === "posted" || state === "excluded" || state === "refused") {
    await client.query(WAKE, [key.bucket, hex(key.hash)]);
  }
}

/** By primary key, locked: what undoes a payment looks at it while nobody posts it. */
export async function lockMessage(client: ClientBase, key: MessageKey): Promise<StoredMessage | undefined> {
  const text = `select ${COLUMNS} from card_message m where key_bucket = $1 and key_hash = $2 for update`;
  const { rows } = await client.query<Row>(text, [key.bucket, hex(key.hash)]);
  return rows[0] && toMessage(rows[0]);
}

/** A page along card_message_unmatched; each token by identifier's primary key. Gives where the page ended. */
const MATCH = `
with page as (
  select key_bucket, key_hash, token_bucket, token_kind, token_hash, received_at from card_message
  where state = 'unmatched' and received_at > $1 order by received_at limit $2
), woken as (
  update card_message m set state = 'due' from page p join identifier i
    on i.id_bucket = p.token_bucket and i.kind = p.token_kind and i.value_hash = p.token_hash
  where m.key_bucket = p.key_bucket and m.key_hash = p.key_hash returning 1
)
select max(received_at) as last, (select count(*) from woken)::int as woken from page`;

/** Payments whose token somebody has by now become due. `last` undefined: the pass is over. */
export async function matchTokens(
  pool: Pool,
  after: EpochMs,
  limit: number,
): Promise<{ readonly last?: EpochMs; readonly woken: number }> {
  const { rows } = await pool.query<{ last: Date | null; woken: number }>(MATCH, [new Date(after), limit]);
  const row = rows[0];
  return { woken: row?.woken ?? 0, ...(row?.last ? { last: row.last.getTime() } : {}) };
}

/** Along card_message_waiting, each by primary key: should one have begun to wait while what it undoes was posted. */
const WAKE_LEFT = `
update card_message w set state = 'due' from card_message m
where w.state = 'noted' and w.kind in ('refund', 'reversal') and m.key_bucket = w.of_bucket and m.key_hash = w.of_hash
  and (m.state in ('posted', 'excluded', 'refused') or m.kind = 'authorisation') and w.reason = 'waiting'`;

export async function wakeLeft(pool: Pool): Promise<number> {
  return (await pool.query(WAKE_LEFT)).rowCount ?? 0;
}

/** Along card_message_unmatched: what nobody had a token for while receipts of its day were taken. */
const GIVE_UP = `
update card_message set state = 'refused', reason = 'unknown-token', token_hash = null
where state = 'unmatched' and received_at <= $1`;

export async function giveUpUnmatched(pool: Pool, before: EpochMs): Promise<number> {
  return (await pool.query(GIVE_UP, [new Date(before)])).rowCount ?? 0;
}

function hex(bytes: Buffer): string {
  return bytes.toString("hex");
}

function bytesOf(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll("-", ""), "hex");
}

function toMessage(row: Row): StoredMessage {
  const { token_bucket: idBucket, token_kind: kind, token_hash: hash } = row;
  const valueHash = hash === null ? undefined : bytesOf(hash);
  return {
    key: { bucket: row.key_bucket, hash: bytesOf(row.key_hash) },
    bodyHash: bytesOf(row.body_hash),
    bank: row.bank,
    id: row.message_id,
    kind: row.kind,
    ...(row.of_bucket === null || row.of_hash === null
      ? {}
      : { of: { bucket: row.of_bucket, hash: bytesOf(row.of_hash) } }),
    ...(valueHash === undefined || idBucket === null || kind === null
      ? {}
      : { token: { idBucket, kind, valueHash, text: valueHash.toString("latin1") } }),
    at: row.occurred_at.getTime(),
    receivedAt: row.received_at.getTime(),
    amountKopecks: Number(row.amount_kopecks),
    mcc: row.mcc,
    ...(row.merchant === null ? {} : { merchant: row.merchant }),
    state: row.state,
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(row.member_id === null ? {} : { member: Number(row.member_id) }),
    ...(row.receipt_id === null ? {} : { receiptId: row.receipt_id }),
  };
}
