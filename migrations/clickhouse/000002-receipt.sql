-- Purchases taken apart: whole receipts, their lines, and what each rule gave.

create table receipt (
  bucket                UInt16,
  member_id             UInt64,
  seq                   UInt32 comment 'The purchase.',
  receipt_id            String codec(ZSTD(1)),
  partner               LowCardinality(String),
  store                 LowCardinality(String),
  till                  LowCardinality(String),
  number                String comment 'The till''s own number.' codec(ZSTD(1)),
  channel               LowCardinality(String) comment 'Empty when the till did not say.',
  occurred_at           DateTime64(3, 'UTC') codec(Delta, ZSTD(1)),
  posted_at             DateTime64(3, 'UTC') codec(Delta, ZSTD(1)),
  business_day          Date codec(ZSTD(1)),
  accounting_day        Date codec(ZSTD(1)),
  programme_version     UInt32 codec(ZSTD(1)),
  turnover_kopecks      Int64 comment 'Lines and delivery.' codec(ZSTD(1)),
  delivery_fee_kopecks  Int64 codec(ZSTD(1)),
  lines                 UInt16 codec(ZSTD(1)),
  earned_cents          Int64 comment 'Points earned, all rules and funders.' codec(ZSTD(1)),
  spent_cents           Int64 comment 'Points that paid for it.' codec(ZSTD(1))
)
engine = MergeTree
partition by toYYYYMM(accounting_day)
order by (bucket, member_id, seq)
settings non_replicated_deduplication_window = 10000
comment 'Receipts of members.';

create materialized view receipt_from_operation to receipt as
with JSONExtract(body, 'Tuple(
  receipt Tuple(store String, till String, number String, channel String, lines Array(Tuple(category String)), deliveryFee Int64),
  earned Array(Tuple(amountCents Array(Int64))),
  spent Tuple(byLine Array(Int64)),
  turnover Int64)') as b
select
  bucket, member_id, seq, receipt_id, partner, b.receipt.store as store, b.receipt.till as till,
  b.receipt.number as number, b.receipt.channel as channel, occurred_at, posted_at, business_day, accounting_day,
  programme_version, b.turnover as turnover_kopecks, b.receipt.deliveryFee as delivery_fee_kopecks,
  length(b.receipt.lines) as lines, arraySum(p -> arraySum(p.amountCents), b.earned) as earned_cents,
  arraySum(b.spent.byLine) as spent_cents
from operation
where kind = 'purchase';

create table receipt_line (
  bucket         UInt16,
  member_id      UInt64,
  seq            UInt32 comment 'The purchase.',
  line           UInt16 comment 'Place on the receipt; begins at 0, as in returns.',
  partner        LowCardinality(String),
  store          LowCardinality(String),
  occurred_at    DateTime64(3, 'UTC') codec(Delta, ZSTD(1)),
  business_day   Date codec(ZSTD(1)),
  accounting_day Date codec(ZSTD(1)),
  category       LowCardinality(String) comment 'A category, never a product.',
  amount_kopecks Int64 comment 'Final price of the line, discounts off, points not taken off.' codec(ZSTD(1)),
  quantity       Float64 comment 'Pieces or kilograms as sent; 0 when not sent. Never money.' codec(ZSTD(1)),
  earned_cents   Int64 comment 'Points attributed to the line when priced.' codec(ZSTD(1)),
  spent_cents    Int64 comment 'Points that paid for the line.' codec(ZSTD(1))
)
engine = MergeTree
partition by toYYYYMM(accounting_day)
order by (bucket, member_id, seq, line)
settings non_replicated_deduplication_window = 10000
comment 'Lines of members'' receipts.';

create materialized view receipt_line_from_operation to receipt_line as
with JSONExtract(body, 'Tuple(
  receipt Tuple(store String, lines Array(Tuple(category String, amount Int64, quantity Float64))),
  earned Array(Tuple(lineCents Array(Array(Int64)))),
  spent Tuple(byLine Array(Int64)))') as b
select
  bucket, member_id, seq, i - 1 as line, partner, b.receipt.store as store, occurred_at, business_day, accounting_day,
  l.category as category, l.amount as amount_kopecks, l.quantity as quantity,
  arraySum(p -> arraySum(p.lineCents[i]), b.earned) as earned_cents, b.spent.byLine[i] as spent_cents
from operation
array join b.receipt.lines as l, arrayEnumerate(b.receipt.lines) as i
where kind = 'purchase';

create table earned_rule (
  bucket         UInt16,
  member_id      UInt64,
  seq            UInt32 comment 'The purchase.',
  rule           LowCardinality(String),
  partner        LowCardinality(String),
  occurred_at    DateTime64(3, 'UTC') codec(Delta, ZSTD(1)),
  business_day   Date codec(ZSTD(1)),
  accounting_day Date codec(ZSTD(1)),
  base_kopecks   Int64 comment 'What the rule looked at, points spent taken off.' codec(ZSTD(1)),
  rate_bp        Int32 comment 'Basis points; 0 for rules that are no percent.' codec(ZSTD(1)),
  uncapped_cents Int64 comment 'Before caps.' codec(ZSTD(1)),
  points_cents   Int64 comment 'After caps.' codec(ZSTD(1)),
  capped_by      LowCardinality(String) comment 'The cap that cut it; empty for none.'
)
engine = MergeTree
partition by toYYYYMM(accounting_day)
order by (bucket, member_id, seq, rule)
settings non_replicated_deduplication_window = 10000
comment 'What each rule gave on each receipt of a member, and what a cap took off.';

create materialized view earned_rule_from_operation to earned_rule as
with JSONExtract(body, 'rules', 'Array(Tuple(
  rule String, baseKopecks Int64, rateBp Int32, uncappedCents Int64, pointsCents Int64, cappedBy String))') as rules
select
  bucket, member_id, seq, r.rule as rule, partner, occurred_at, business_day, accounting_day,
  r.baseKopecks as base_kopecks, r.rateBp as rate_bp, r.uncappedCents as uncapped_cents, r.pointsCents as points_cents,
  r.cappedBy as capped_by
from operation
array join rules as r
where kind = 'purchase';

create table returned_line (
  bucket         UInt16,
  member_id      UInt64,
  seq            UInt32 comment 'The return.',
  purchase_seq   UInt32 comment 'The purchase that it returns.' codec(ZSTD(1)),
  receipt_id     String comment 'Of the purchase.' codec(ZSTD(1)),
  line           UInt16 comment 'Place of the line on the receipt; begins at 0.',
  partner        LowCardinality(String),
  store          LowCardinality(String) comment 'Where it was returned.',
  occurred_at    DateTime64(3, 'UTC') codec(Delta, ZSTD(1)),
  business_day   Date codec(ZSTD(1)),
  accounting_day Date codec(ZSTD(1)),
  category       LowCardinality(String),
  amount_kopecks Int64 comment 'Of the line''s price, above 0.' codec(ZSTD(1))
)
engine = MergeTree
partition by toYYYYMM(accounting_day)
order by (bucket, member_id, seq, line)
settings non_replicated_deduplication_window = 10000
comment 'Lines that members returned: what takes off turnover.';

create materialized view returned_line_from_operation to returned_line as
with JSONExtract(body, 'Tuple(
  return Tuple(store String, lines Array(Tuple(line UInt16, category String, amount Int64))),
  receiptId String)') as b
select
  bucket, member_id, seq, cites_seq as purchase_seq, b.receiptId as receipt_id, l.line as line, partner,
  b.return.store as store, occurred_at, business_day, accounting_day, l.category as category, l.amount as amount_kopecks
from operation
array join b.return.lines as l
where kind = 'return';
