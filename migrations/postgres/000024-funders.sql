-- What may be given in a funder's name: the deposit of a prepaid one, the guarantee of another. Drawn by leases like any
-- budget (key "f:" funder), so receipts never wait for a row; what comes free again is found from the operations.

alter table budget add column freed_cents bigint not null default 0;
alter table budget add column waiting_cents bigint not null default 0 check (waiting_cents >= 0);
alter table budget add column deposited_cents bigint not null default 0 check (deposited_cents >= 0);
comment on column budget.deposited_cents is 'Of a prepaid funder: its deposits less its withdrawals (funder_entry); its limit.';
comment on column budget.freed_cents is 'Of a funder: points that it will not have to pay any more, and claims that a closed month settled. Of another budget: given back by returns. What may be used in all is limit_cents + freed_cents.';
comment on column budget.waiting_cents is 'Of a deposit: awards that wait for a top-up. It is theirs before anybody else''s.';
comment on column budget.key is '"b:" cap "|" period, as pricing names it; "f:" funder for what covers a funder.';

create table funder_entry (
  funder          text        not null,
  key             text        not null,
  kind            text        not null check (kind in ('deposit', 'withdrawal')),
  amount_kopecks  bigint      not null check (amount_kopecks > 0),
  amount_cents    bigint      not null check (amount_cents >= 0),
  note            text        not null,
  entered_by      text        not null,
  entered_at      timestamptz not null,
  entry           integer     not null,
  deposited_cents bigint      not null check (deposited_cents >= 0),
  primary key (funder, entry),
  unique (funder, key)
);
comment on table funder_entry is 'Deposits, top-ups and withdrawals of prepaid funders, written once, in order; a few thousand rows a year.';
comment on column funder_entry.key is 'The idempotency key it was asked with.';
comment on column funder_entry.amount_cents is 'The same in hundredths of a point, at the value of a point when it was entered.';
comment on column funder_entry.deposited_cents is 'Sum of the funder''s entries up to this one.';

create table funder_total (
  funder             text   primary key,
  issued_cents       bigint not null,
  taken_back_cents   bigint not null,
  expired_cents      bigint not null,
  redeemed_cents     bigint not null,
  own_redeemed_cents bigint not null,
  pending_cents      bigint not null,
  arrears_cents      bigint not null
);
comment on table funder_total is 'Sums of the movements of all operations below funder_position. Derived; may be built anew from operation.';
comment on column funder_total.redeemed_cents is 'Spent at other partners, less what was given back: what they claim.';
comment on column funder_total.own_redeemed_cents is 'Spent at the funder itself: shown, not paid.';
comment on column funder_total.pending_cents is 'Not active yet, as booked: an activation is booked with its member''s next operation.';
comment on column funder_total.taken_back_cents is 'Left members'' wallets for the funder: returns, missions undone. Not what became arrears.';

create table funder_position (
  only_row boolean primary key default true check (only_row),
  next_xid bigint not null
);
comment on table funder_position is 'Operations of transactions below next_xid are in funder_total. Locked by whoever moves it.';
insert into funder_position (next_xid) values (0);

create table funder_reserve (
  bucket           smallint    not null,
  member_id        bigint      not null,
  seq              integer     not null,
  part             smallint    not null,
  partner          text        not null,
  funders          text[]      not null,
  asked            bigint[]    not null,
  given            bigint[]    not null,
  given_by         json        not null default '[]',
  available_at     timestamptz not null,
  expires_at       timestamptz,
  reserved_at      timestamptz not null,
  until_at         timestamptz not null,
  whole_kopecks    bigint      not null,
  returned_kopecks bigint      not null default 0,
  is_due           boolean     not null default false,
  turn             integer     not null default 0,
  state            text        not null default 'waiting' check (state in ('waiting', 'given', 'lapsed', 'returned')),
  primary key (bucket, member_id, seq, part)
);
comment on table funder_reserve is 'Points that a receipt earned and a deposit lacked (policy reserve): given once it is topped up, or lapsed. Follows from the operation (its facts).';
comment on column funder_reserve.given_by is '[[operation seq, funder, cents], ...] of the awards that gave of it, so that a return of the receipt can take them back.';
comment on column funder_reserve.whole_kopecks is 'The receipt''s lines: a return takes the same share of the reserve as of them.';
comment on column funder_reserve.turn is 'How often it was given from or taken back; in the idempotency key of each of these operations.';
create index funder_reserve_waiting on funder_reserve (reserved_at, bucket, member_id, seq, part) where state = 'waiting';
comment on column funder_reserve.is_due is 'Something of the receipt came back, and what was given has not been looked at since.';
create index funder_reserve_due on funder_reserve (bucket, member_id) where is_due;

create table funder_alert (
  funder      text        not null,
  at          timestamptz not null,
  state       text        not null check (state in ('ok', 'short', 'stopped')),
  used_cents  bigint      not null,
  limit_cents bigint      not null,
  primary key (funder, at)
);
comment on table funder_alert is 'When a funder''s cover became short (its alertAt), ended, and was right again; the last row is how it is.';
