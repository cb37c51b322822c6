-- Turnover without a card: single receipts where a store sends them, whole days where it does not.

create table anonymous_receipt (
  node              UInt8,
  key_bucket        UInt16,
  key_hash          UUID comment 'Hash of partner, store, till, number and business day.',
  partner           LowCardinality(String),
  store             LowCardinality(String),
  occurred_at       DateTime64(3, 'UTC') codec(Delta, ZSTD(1)),
  posted_at         DateTime64(3, 'UTC') codec(Delta, ZSTD(1)),
  business_day      Date codec(ZSTD(1)),
  programme_version UInt32 codec(ZSTD(1)),
  turnover_kopecks  Int64 codec(ZSTD(1)),
  body              String comment 'JSON: the receipt as sent.' codec(ZSTD(1)),
  xid               UInt64 codec(Delta, ZSTD(1))
)
engine = MergeTree
partition by toYYYYMM(business_day)
order by (partner, store, business_day, occurred_at, key_hash)
settings non_replicated_deduplication_window = 10000
comment 'Receipts shown without a card: for the share of turnover that passes through the programme.';

create table store_day_total (
  node             UInt8,
  partner          LowCardinality(String),
  store            LowCardinality(String),
  business_day     Date,
  receipts         Int64,
  turnover_kopecks Int64,
  sent_at          DateTime64(3, 'UTC'),
  xid              UInt64 comment 'Also the version: the last total sent for a day is the one that counts.'
)
engine = ReplacingMergeTree(xid)
partition by toYYYYMM(business_day)
order by (partner, store, business_day)
settings non_replicated_deduplication_window = 10000
comment 'A store''s whole day, sent instead of its receipts without a member. Read with `final`.';
