-- The source of truth: members' operations, and the projections of them that answer fast.
-- Per-member tables lead with `bucket`, the distribution column (docs/decisions/0003): all rows of a member live together.

create table wallet (
  bucket          smallint    not null,
  member_id       bigint      not null,
  seq             integer     not null,
  status          text        not null default 'open' check (status in ('open', 'merged', 'erased')),
  merged_into     bigint,
  active_cents    bigint      not null default 0 check (active_cents >= 0),
  pending_cents   bigint      not null default 0 check (pending_cents >= 0),
  held_cents      bigint      not null default 0 check (held_cents >= 0),
  arrears         json,
  cap_use         json,
  first_purchases json,
  next_change_at  timestamptz,
  created_at      timestamptz not null,
  primary key (bucket, member_id)
) with (fillfactor = 75);

comment on table wallet is 'Projection of a member''s operations: sums of the lots, arrears, use of caps. Guarded by seq: a write names the seq it was computed from.';
comment on column wallet.seq is 'Number of the member''s last operation; 0 before the first.';
comment on column wallet.arrears is '[[funder, cents, since seq], ...], oldest first; null when nothing is owed.';
comment on column wallet.cap_use is '{"cap key": [used, last day that matters]}; keys past their day are dropped by the next write.';
comment on column wallet.first_purchases is '{"partner": epoch ms of the first purchase there}.';
comment on column wallet.next_change_at is 'When the next lot activates or expires or the next hold times out; a read past it computes from the lots.';

create table lot (
  bucket       smallint    not null,
  member_id    bigint      not null,
  seq          integer     not null,
  part         smallint    not null,
  earned_at    timestamptz not null,
  available_at timestamptz not null,
  expires_at   timestamptz,
  is_active    boolean     not null,
  is_open      boolean     not null,
  funders      text[]      not null,
  amount       bigint[]    not null,
  remaining    bigint[]    not null,
  held         bigint[],
  spent        bigint[],
  expired      bigint[],
  taken_back   bigint[],
  primary key (bucket, member_id, seq, part)
) with (fillfactor = 85);

comment on table lot is 'Points of one operation with one availability and one expiry; the arrays run over its funders, sorted. amount = remaining + held + spent + expired + taken_back; a null array is all zeros.';
comment on column lot.seq is 'The operation that began the lot.';
comment on column lot.is_active is 'Whether the movement pending -> active has been booked.';
comment on column lot.is_open is 'Whether anything remains or is held; closed lots are kept for history and returns.';

-- A member's open lots are read together: the partial index keeps histories out of that read.
create index lot_open on lot (bucket, member_id) where is_open;

create table hold (
  bucket     smallint    not null,
  member_id  bigint      not null,
  seq        integer     not null,
  partner    text        not null,
  state      text        not null check (state in ('open', 'captured', 'voided', 'timed-out')),
  placed_at  timestamptz not null,
  expires_at timestamptz not null,
  items      json        not null,
  primary key (bucket, member_id, seq)
);
comment on table hold is 'Points set aside until captured, voided or timed out; ends exactly once. items: [[lot seq, lot part, funder, cents], ...].';
create index hold_open on hold (bucket, member_id) where state = 'open';

create table operation (
  bucket            smallint    not null,
  member_id         bigint      not null,
  seq               integer     not null,
  kind              text        not null,
  partner           text        not null,
  occurred_at       timestamptz not null,
  posted_at         timestamptz not null,
  business_day      date        not null,
  accounting_day    date        not null,
  programme_version integer     not null,
  receipt_id        text,
  cites_seq         integer,
  movements         json        not null,
  facts             json,
  body              json        not null,
  xid               bigint      not null default (pg_current_xact_id()::text::bigint),
  primary key (bucket, member_id, seq)
);
comment on table operation is 'Immutable: one change of one member''s points with all its movements.';
comment on column operation.occurred_at is 'The operation''s own time (the till''s clock); posted_at is when it was booked.';
comment on column operation.accounting_day is 'The business day if its month was open when posted, else the first open day.';
comment on column operation.cites_seq is 'The operation that this one returns, captures or voids.';
comment on column operation.movements is '[[from, to, lot seq, lot part, funder, redeemer or null, cents], ...]; accounts: ob pe ac he re ex ar (GLOSSARY.md).';
comment on column operation.facts is 'What the projections need besides movements: {"lots": [[part, earned at, available at, expires at or null], ...], "hold": expires at, "caps": [[key, amount, until day], ...], "returned": [purchase seq, state]}; times in epoch ms.';
comment on column operation.body is 'What the operation was asked and what it decided: lines, tenders, rules, attribution. Never a raw identifier.';
comment on column operation.xid is 'The transaction that wrote it; the feed moves up to the oldest transaction still running.';
create index operation_feed on operation (xid);

create table purchase_return (
  bucket     smallint not null,
  member_id  bigint   not null,
  seq        integer  not null,
  lines      json     not null,
  refunded   json     not null,
  absorbed   json     not null,
  primary key (bucket, member_id, seq)
);
comment on table purchase_return is 'What has been returned of a purchase so far, by line (kopecks), by draw of the spend (cents), and what of each earned entry was met by points that had expired; seq is the purchase''s.';

create table operation_key (
  key_bucket smallint    not null,
  key_hash   uuid        not null,
  body_hash  uuid        not null,
  bucket     smallint,
  member_id  bigint,
  seq        integer,
  primary key (key_bucket, key_hash)
);
comment on table operation_key is 'What was asked once: receipts by (partner, store, till, number, business day), returns by theirs, the rest by idempotency key. Claimed in the posting transaction; kept for good. Distributed by itself.';
comment on column operation_key.key_hash is 'First 128 bits of SHA-256 over the kind and the natural key.';
comment on column operation_key.member_id is 'Null for a receipt without a member (table anonymous_receipt).';

create table anonymous_receipt (
  key_bucket        smallint    not null,
  key_hash          uuid        not null,
  partner           text        not null,
  store             text        not null,
  occurred_at       timestamptz not null,
  posted_at         timestamptz not null,
  business_day      date        not null,
  programme_version integer     not null,
  turnover_kopecks  bigint      not null,
  body              json        not null,
  xid               bigint      not null default (pg_current_xact_id()::text::bigint),
  primary key (key_bucket, key_hash)
);
comment on table anonymous_receipt is 'Receipts shown without a card: kept for the share of turnover that passes through the programme.';
create index anonymous_receipt_feed on anonymous_receipt (xid);

create table member_trait (
  bucket      smallint    not null,
  member_id   bigint      not null,
  kind        text        not null check (kind in ('level', 'favourite', 'segment', 'boost', 'subscription')),
  key         text        not null,
  valid_from  timestamptz not null,
  valid_until timestamptz,
  primary key (bucket, member_id, kind, key, valid_from)
);
comment on table member_trait is 'What holds of a member for a time, [valid_from, valid_until); pricing picks by the receipt''s own time.';

create table identifier (
  id_bucket  smallint    not null,
  kind       text        not null,
  value_hash uuid        not null,
  member_id  bigint      not null,
  created_at timestamptz not null,
  primary key (id_bucket, kind, value_hash)
);
comment on table identifier is 'Which member a phone, card, token or e-mail belongs to; the value as a keyed hash only. Distributed by the identifier; no foreign key from it.';

create sequence member_id_seq increment by 1000;
comment on sequence member_id_seq is 'Each call leases a block of 1,000 member ids to one process.';

create table accounting_fence (
  only_row       boolean primary key default true check (only_row),
  first_open_day date not null
);
comment on table accounting_fence is 'The first day that operations may still be booked on. Every posting transaction checks it under a shared row lock; closing a month moves it.';
insert into accounting_fence (first_open_day) values ('1970-01-01');

create table store_day_total (
  partner          text   not null,
  store            text   not null,
  business_day     date   not null,
  receipts         bigint not null check (receipts >= 0),
  turnover_kopecks bigint not null check (turnover_kopecks >= 0),
  sent_at          timestamptz not null,
  primary key (partner, store, business_day)
);
comment on table store_day_total is 'A store''s whole day, sent instead of its receipts without a member.';
