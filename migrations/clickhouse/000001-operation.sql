-- What the feed brings: operations as PostgreSQL has them, and views that take them apart as they arrive.
-- Every table remembers the tokens of its last 10,000 blocks, so that a batch sent twice is stored once; the feed sends
-- `deduplicate_blocks_in_dependent_materialized_views = 1`, which makes the views' tables do the same, each by itself.
-- All are cut by month of the accounting day: a closed month's parts are never written again.

create table operation (
  node              UInt8 comment 'Database node that the row came from (0 where there is one).',
  bucket            UInt16 comment 'Distribution column of the member.',
  member_id         UInt64,
  seq               UInt32 comment 'Number of the operation within the member; begins at 1.',
  kind              LowCardinality(String) comment 'purchase, hold, capture, void, hold-timeout, return, expiry, award ...',
  partner           LowCardinality(String) comment 'Who asked; the operator for what nobody asked for.',
  occurred_at       DateTime64(3, 'UTC') comment 'The operation''s own time.' codec(Delta, ZSTD(1)),
  posted_at         DateTime64(3, 'UTC') comment 'When it was booked.' codec(Delta, ZSTD(1)),
  business_day      Date comment 'Day of its own time, in the programme''s zone.' codec(ZSTD(1)),
  accounting_day    Date comment 'Day it is booked on: the business day if its month was open when posted, else the first open day.' codec(ZSTD(1)),
  programme_version UInt32 codec(ZSTD(1)),
  receipt_id        String comment 'Empty where no receipt is concerned.' codec(ZSTD(1)),
  cites_seq         UInt32 comment 'The operation that this one returns, captures or voids; 0 for none.' codec(ZSTD(1)),
  movements         String comment 'JSON: [[from, to, lot seq, lot part, funder, redeemer or null, cents], ...].' codec(ZSTD(1)),
  facts             String comment 'JSON: times of new lots, caps and returns, for rebuilding wallets; empty for none.' codec(ZSTD(1)),
  body              String comment 'JSON: what was asked and decided. Never a raw identifier.' codec(ZSTD(1)),
  xid               UInt64 comment 'PostgreSQL transaction that wrote it.' codec(Delta, ZSTD(1))
)
engine = MergeTree
partition by toYYYYMM(accounting_day)
order by (bucket, member_id, seq)
settings non_replicated_deduplication_window = 10000
comment 'Operations as booked, immutable: the raw table that all others here are made of.';

create table movement (
  bucket         UInt16,
  member_id      UInt64,
  seq            UInt32 comment 'The operation.',
  n              UInt16 comment 'Place among the movements of the operation; begins at 1.',
  kind           LowCardinality(String) comment 'Kind of the operation.',
  partner        LowCardinality(String) comment 'Partner of the operation.',
  occurred_at    DateTime64(3, 'UTC') codec(Delta, ZSTD(1)),
  business_day   Date codec(ZSTD(1)),
  accounting_day Date codec(ZSTD(1)),
  cites_seq      UInt32 comment 'The operation that this one returns, captures or voids; 0 for none.' codec(ZSTD(1)),
  from_account   LowCardinality(String) comment 'ob obligation, pe pending, ac active, he held, re redeemed, ex expired, ar arrears.',
  to_account     LowCardinality(String),
  lot_seq        UInt32 comment 'The operation that began the lot; 0 where no lot is concerned.' codec(ZSTD(1)),
  lot_part       UInt16 codec(ZSTD(1)),
  funder         LowCardinality(String) comment 'Who pays for these points; the creditor for obligation to arrears.',
  redeemer       LowCardinality(String) comment 'Where the points were spent; empty for other movements.',
  cents          Int64 comment 'Hundredths of a point, above 0.' codec(ZSTD(1))
)
engine = MergeTree
partition by toYYYYMM(accounting_day)
order by (bucket, member_id, seq, n)
settings non_replicated_deduplication_window = 10000
comment 'Double entry: points of one funder going from one account to another.';

create materialized view movement_from_operation to movement as
with JSONExtract(movements, 'Array(Tuple(String, String, UInt32, UInt16, String, String, Int64))') as items
select
  bucket, member_id, seq, n, kind, partner, occurred_at, business_day, accounting_day,
  cites_seq, m.1 as from_account, m.2 as to_account, m.3 as lot_seq, m.4 as lot_part, m.5 as funder, m.6 as redeemer,
  m.7 as cents
from operation
array join items as m, arrayEnumerate(items) as n;

create table settlement_movement (
  account        LowCardinality(String) comment 're: redeemed at the redeemer; ex: expired of the funder.',
  funder         LowCardinality(String),
  redeemer       LowCardinality(String) comment 'Empty for expired points.',
  bucket         UInt16,
  member_id      UInt64,
  seq            UInt32,
  n              UInt16,
  kind           LowCardinality(String),
  partner        LowCardinality(String),
  occurred_at    DateTime64(3, 'UTC') codec(Delta, ZSTD(1)),
  business_day   Date codec(ZSTD(1)),
  accounting_day Date codec(ZSTD(1)),
  receipt_id     String codec(ZSTD(1)),
  cites_seq      UInt32 codec(ZSTD(1)),
  lot_seq        UInt32 codec(ZSTD(1)),
  cents          Int64 comment 'Above 0 into the account, below 0 out of it (a return).' codec(ZSTD(1))
)
engine = MergeTree
partition by toYYYYMM(accounting_day)
order by (account, funder, redeemer, bucket, member_id, seq, n)
settings non_replicated_deduplication_window = 10000
comment 'The movements that settlements are made of, in the order of their lines: an act''s line is one range of this table.';

create materialized view settlement_movement_from_operation to settlement_movement as
with
  JSONExtract(movements, 'Array(Tuple(String, String, UInt32, UInt16, String, String, Int64))') as items,
  arrayFilter(
    s -> s.1 in ('re', 'ex'),
    arrayConcat(
      arrayMap((m, n) -> (m.2, m.5, m.6, n, m.3, m.7), items, arrayEnumerate(items)),
      arrayMap((m, n) -> (m.1, m.5, m.6, n, m.3, -m.7), items, arrayEnumerate(items))
    )
  ) as sides
select
  s.1 as account, s.2 as funder, s.3 as redeemer, bucket, member_id, seq, s.4 as n, kind, partner, occurred_at,
  business_day, accounting_day, receipt_id, cites_seq, s.5 as lot_seq, s.6 as cents
from operation
array join sides as s
-- Cheaper than parsing: nine operations of ten neither spend nor expire.
where multiSearchAny(movements, ['"re"', '"ex"']);
