import type { ClientBase } from "pg";
import type { Posting } from "./posting.ts";
import { postingValues } from "./posting-columns.ts";

/**
 * One statement, one round trip, one transaction: claims keys, moves wallets `where seq = expected`, inserts operations
 * and lots. It commits whole or not at all:
 * - SQLSTATE 22012 (division by zero): the fence moved or a wallet is not at the expected seq; read again, price again;
 * - 23505: a key or an identifier is already there; look the keys up, answer replays, post the rest.
 *
 * Locks: fence row (shared), wallets in member order (primary key), new rows. Every access is by primary key.
 * Measured cost: see docs/performance.md.
 */
const POST = `
with fence as (
  select 1 from accounting_fence where first_open_day = $1::date for share
), wallets as (
  update wallet set
    seq = x.seq, active_cents = x.active, pending_cents = x.pending, held_cents = x.held,
    arrears = x.arrears, cap_use = x.cap_use, first_purchases = x.first_purchases, next_change_at = x.next_change_at
  from unnest($2::int2[], $3::int8[], $4::int4[], $5::int4[], $6::int8[], $7::int8[], $8::int8[],
              $9::json[], $10::json[], $11::json[], $12::timestamptz[])
    as x(bucket, member_id, expected, seq, active, pending, held, arrears, cap_use, first_purchases, next_change_at)
  where wallet.bucket = x.bucket and wallet.member_id = x.member_id and wallet.seq = x.expected and wallet.status = 'open'
  returning 1
), new_wallets as (
  insert into wallet (bucket, member_id, seq, active_cents, pending_cents, held_cents,
                      arrears, cap_use, first_purchases, next_change_at, created_at)
  select * from unnest($13::int2[], $14::int8[], $15::int4[], $16::int8[], $17::int8[], $18::int8[],
                       $19::json[], $20::json[], $21::json[], $22::timestamptz[], $23::timestamptz[])
  returning 1
), operations as (
  insert into operation (bucket, member_id, seq, kind, partner, occurred_at, posted_at, business_day, accounting_day,
                         programme_version, receipt_id, cites_seq, movements, facts, body)
  select * from unnest($24::int2[], $25::int8[], $26::int4[], $27::text[], $28::text[], $29::timestamptz[],
                       $30::timestamptz[], $31::date[], $32::date[], $33::int4[], $34::text[], $35::int4[],
                       $36::json[], $37::json[], $38::json[])
  returning 1
), new_lots as (
  insert into lot (bucket, member_id, seq, part, earned_at, available_at, expires_at, is_active, is_open, funders,
                   amount, remaining, held, spent, expired, taken_back)
  select bucket, member_id, seq, part, earned_at, available_at, expires_at, state & 1 = 1, state & 2 = 2,
         funders::text[], amount::int8[], remaining::int8[], held::int8[], spent::int8[], expired::int8[], taken::int8[]
  from unnest($39::int2[], $40::int8[], $41::int4[], $42::int2[], $43::timestamptz[], $44::timestamptz[],
              $45::timestamptz[], $46::int2[], $47::text[], $48::text[], $49::text[], $50::text[], $51::text[],
              $52::text[], $53::text[])
    as x(bucket, member_id, seq, part, earned_at, available_at, expires_at, state, funders, amount, remaining, held,
         spent, expired, taken)
  returning 1
), changed_lots as (
  update lot set is_active = x.state & 1 = 1, is_open = x.state & 2 = 2, remaining = x.remaining::int8[],
    held = x.held::int8[], spent = x.spent::int8[], expired = x.expired::int8[], taken_back = x.taken::int8[]
  from unnest($54::int2[], $55::int8[], $56::int4[], $57::int2[], $58::int2[], $59::text[], $60::text[], $61::text[],
              $62::text[], $63::text[])
    as x(bucket, member_id, seq, part, state, remaining, held, spent, expired, taken)
  where lot.bucket = x.bucket and lot.member_id = x.member_id and lot.seq = x.seq and lot.part = x.part
  returning 1
), holds as (
  insert into hold (bucket, member_id, seq, partner, state, placed_at, expires_at, items)
  select * from unnest($64::int2[], $65::int8[], $66::int4[], $67::text[], $68::text[], $69::timestamptz[],
                       $70::timestamptz[], $71::json[])
  on conflict (bucket, member_id, seq) do update set state = excluded.state
  returning 1
), returns as (
  insert into purchase_return (bucket, member_id, seq, lines, refunded, absorbed)
  select * from unnest($72::int2[], $73::int8[], $74::int4[], $75::json[], $76::json[], $77::json[])
  on conflict (bucket, member_id, seq)
    do update set lines = excluded.lines, refunded = excluded.refunded, absorbed = excluded.absorbed
  returning 1
), keys as (
  insert into operation_key (key_bucket, key_hash, body_hash, bucket, member_id, seq)
  select * from unnest($78::int2[], $79::uuid[], $80::uuid[], $81::int2[], $82::int8[], $83::int4[])
  returning 1
), identifiers as (
  insert into identifier (id_bucket, kind, value_hash, member_id, created_at)
  select * from unnest($84::int2[], $85::text[], $86::uuid[], $87::int8[], $88::timestamptz[])
  returning 1
), anonymous as (
  insert into anonymous_receipt (key_bucket, key_hash, partner, store, occurred_at, posted_at, business_day,
                                 programme_version, turnover_kopecks, body)
  select * from unnest($89::int2[], $90::uuid[], $91::text[], $92::text[], $93::timestamptz[], $94::timestamptz[],
                       $95::date[], $96::int4[], $97::int8[], $98::json[])
  returning 1
), traits as (
  insert into member_trait (bucket, member_id, kind, key, valid_from, valid_until)
  select * from unnest($99::int2[], $100::int8[], $101::text[], $102::text[], $103::timestamptz[], $104::timestamptz[])
  on conflict (bucket, member_id, kind, key, valid_from) do update set valid_until = excluded.valid_until
  returning 1
)
select 1 / (case when (select count(*) from fence) = 1
                  and (select count(*) from wallets) = cardinality($2::int2[])
                  and (select count(*) from new_wallets) = cardinality($13::int2[])
                  and (select count(*) from operations) = cardinality($24::int2[])
                  and (select count(*) from new_lots) = cardinality($39::int2[])
                  and (select count(*) from changed_lots) = cardinality($54::int2[])
                  and (select count(*) from holds) = cardinality($64::int2[])
                  and (select count(*) from returns) = cardinality($72::int2[])
                  and (select count(*) from keys) = cardinality($78::int2[])
                  and (select count(*) from identifiers) = cardinality($84::int2[])
                  and (select count(*) from anonymous) = cardinality($89::int2[])
                  and (select count(*) from traits) = cardinality($99::int2[])
             then 1 else 0 end) as posted`;

/** Posts a batch; throws PostgreSQL's error when it could not (see `POST`). */
export async function postChanges(client: ClientBase, posting: Posting): Promise<void> {
  await client.query({ name: "post-changes", text: POST, values: postingValues(posting) });
}
