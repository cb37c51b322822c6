-- Offers, vouchers of partners, promo codes, card transactions of banks, referral.

create table offer (
  id           text primary key check (id ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
  partner      text        not null,
  state        text        not null check (state in ('draft', 'live', 'paused', 'ended')),
  revision     integer     not null check (revision > 0),
  document     json        not null,
  hash         text        not null,
  edited_by    text        not null,
  edited_at    timestamptz not null,
  forecast     json,
  live_spans   json        not null default '[]'
);
comment on table offer is 'A few hundred rows, read whole by every process. As table mission: a draft may be edited, what was approved never changes save its state.';

create table offer_log (
  offer     text        not null references offer,
  entry     integer     not null,
  at        timestamptz not null,
  who       text        not null,
  action    text        not null check (action in ('draft', 'edit', 'forecast', 'approve', 'pause', 'resume', 'end')),
  revision  integer     not null,
  hash      text        not null,
  comment   text        not null,
  primary key (offer, entry)
);
comment on table offer_log is 'Who did what with an offer, in order; rows are written once.';

create table offer_assignment (
  bucket      smallint    not null,
  member_id   bigint      not null,
  offer       text        not null,
  assigned_at timestamptz not null,
  assigned_by text        not null,
  primary key (bucket, member_id, offer)
);
comment on table offer_assignment is 'To whom a personal offer was given. Stays with the member it names; a merge is found by that member''s wallet. What holds of it is a trait, by an operation.';

create table voucher_stock (
  offer  text   primary key references offer,
  issued bigint not null default 0 check (issued >= 0)
);
comment on table voucher_stock is 'Vouchers of an offer that are given out or under way: one row an offer, locked by whoever takes one (tens a second, never the till).';

create table voucher (
  code_bucket smallint    not null,
  code_hash   uuid        not null,
  offer       text        not null,
  partner     text        not null,
  bucket      smallint    not null,
  member_id   bigint      not null,
  turn        integer     not null,
  key_hash    uuid        not null,
  state       text        not null check (state in ('taking', 'open', 'redeemed', 'cancelled', 'expired')),
  price_cents bigint      not null check (price_cents >= 0),
  hold        text,
  issued_at   timestamptz not null,
  expires_at  timestamptz not null,
  ended_at    timestamptz,
  ended_by    text,
  reference   text,
  primary key (code_bucket, code_hash)
);
comment on table voucher is 'What a member took of a partner''s offer: the code is derived from a secret and stored as a keyed hash. Its price is held until the partner redeems the code.';
comment on column voucher.key_hash is 'Of the asker''s idempotency key: asked again, the same voucher.';
comment on column voucher.state is 'taking: its price is being held; a crash leaves it so, and the same request goes on from there.';
comment on column voucher.hold is 'The hold of its price, as an id; null for a free one.';
create unique index voucher_member on voucher (member_id, offer, turn);
create unique index voucher_key on voucher (member_id, key_hash);
create index voucher_due on voucher (expires_at) where state in ('taking', 'open');

create table promotion (
  id           text primary key check (id ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
  partner      text        not null,
  state        text        not null check (state in ('draft', 'live', 'paused', 'ended')),
  revision     integer     not null check (revision > 0),
  document     json        not null,
  hash         text        not null,
  edited_by    text        not null,
  edited_at    timestamptz not null,
  forecast     json,
  live_spans   json        not null default '[]'
);
comment on table promotion is 'What codes give, to whom, how often; as table offer.';

create table promotion_log (
  promotion text        not null references promotion,
  entry     integer     not null,
  at        timestamptz not null,
  who       text        not null,
  action    text        not null check (action in ('draft', 'edit', 'forecast', 'approve', 'pause', 'resume', 'end')),
  revision  integer     not null,
  hash      text        not null,
  comment   text        not null,
  primary key (promotion, entry)
);
comment on table promotion_log is 'Who did what with a promotion, in order; rows are written once.';

create table promo_use (
  promo       text    primary key references promotion,
  salt        bytea,
  used        bigint  not null default 0 check (used >= 0),
  generated   integer not null default 0,
  issued      integer not null default 0,
  exporting_at timestamptz,
  exported_at timestamptz
);
comment on table promo_use is 'How often a promo''s codes were used, and how far its unique codes have come. Locked by whoever redeems: hundreds a second.';
comment on column promo_use.salt is 'With the secret outside of the database it makes the codes; wiped by the export, so that nobody can make them a second time.';
comment on column promo_use.generated is 'Codes that are stored, numbered from 0.';
comment on column promo_use.issued is 'Codes given to members by name, from number 0 on.';
comment on column promo_use.exporting_at is 'An export under way; one that died is forgotten after ten minutes.';

create table promo_code (
  code_bucket smallint    not null,
  code_hash   uuid        not null,
  promo       text        not null,
  number      integer     not null,
  issued_to   bigint,
  used_by     bigint,
  primary key (code_bucket, code_hash)
);
comment on table promo_code is 'Codes as keyed hashes: unique ones, one row each, and the one of a shared promo. Distributed by the code.';
comment on column promo_code.issued_to is 'The member that it was given to by name: nobody else can use it.';
comment on column promo_code.used_by is 'Of a unique code: who used it.';
create unique index promo_code_number on promo_code (promo, number);
create unique index promo_code_issued on promo_code (promo, issued_to) where issued_to is not null;

create table promo_redemption (
  bucket      smallint    not null,
  member_id   bigint      not null,
  promo       text        not null,
  turn        integer     not null,
  code_bucket smallint    not null,
  code_hash   uuid        not null,
  benefit     json        not null,
  state       text        not null check (state in ('claimed', 'given')),
  claimed_at  timestamptz not null,
  seq         integer,
  primary key (bucket, member_id, promo, turn)
);
comment on table promo_redemption is 'Each use of a code. claimed: the use is counted, its benefit is on the way, by an operation whose key is (promo, member, turn); given: it is there.';
comment on column promo_redemption.benefit is 'What the code gave when it was used.';
comment on column promo_redemption.seq is 'The operation; null for a subscription''s price, which the subscription keeps.';
create index promo_redemption_due on promo_redemption (bucket, member_id) where state = 'claimed';

create table promo_attempt (
  scope      text        not null check (scope in ('member', 'key')),
  who        text        not null,
  hour       timestamptz not null,
  failed     integer     not null,
  primary key (scope, who, hour)
);
comment on table promo_attempt is 'Codes that were not right, by member and by key of the caller, per hour: guessing is stopped. Old rows are removed.';

create table card_message (
  key_bucket    smallint    not null,
  key_hash      uuid        not null,
  body_hash     uuid        not null,
  bank          text        not null,
  message_id    text        not null,
  kind          text        not null check (kind in ('authorisation', 'clearing', 'reversal', 'refund')),
  of_bucket     smallint,
  of_hash       uuid,
  token_bucket  smallint,
  token_kind    text,
  token_hash    uuid,
  occurred_at   timestamptz not null,
  received_at   timestamptz not null,
  amount_kopecks bigint     not null check (amount_kopecks > 0),
  mcc           text        not null,
  merchant      text,
  state         text        not null check (state in ('noted', 'due', 'unmatched', 'posted', 'excluded', 'refused')),
  reason        text,
  member_id     bigint,
  receipt_id    text,
  primary key (key_bucket, key_hash)
);
comment on table card_message is 'What banks tell of card payments outside of the coalition, once each by (bank, id). A clearing becomes a receipt of the bank''s card processing, a refund or reversal of it a return; both by their own keys. Never a card number: the token as a keyed hash.';
comment on column card_message.of_hash is 'Key of the message that this one follows: a clearing its authorisation, a reversal or refund what it undoes.';
comment on column card_message.token_hash is 'Of a clearing until it is settled; afterwards nobody needs it.';
comment on column card_message.state is 'noted: nothing follows from it; due: to be posted; unmatched: nobody has the token yet; excluded: by MCC or merchant; refused: as reason says.';
create index card_message_of on card_message (of_bucket, of_hash) where of_hash is not null;
create index card_message_due on card_message (received_at) where state = 'due';
create index card_message_unmatched on card_message (received_at) where state = 'unmatched';
create index card_message_waiting on card_message (of_bucket, of_hash) where state = 'noted' and reason = 'waiting';
create index card_message_member on card_message (member_id, occurred_at) where member_id is not null;

create table referral_code (
  code_bucket smallint    not null,
  code_hash   uuid        not null,
  bucket      smallint    not null,
  member_id   bigint      not null,
  created_at  timestamptz not null,
  primary key (code_bucket, code_hash)
);
comment on table referral_code is 'Invitations: whose code is it. The code itself is derived from a secret.';

create table referral (
  bucket      smallint    not null,
  member_id   bigint      not null,
  inviter     bigint      not null,
  accepted_at timestamptz not null,
  marks       uuid[]      not null default '{}',
  root        bigint      not null,
  inviter_root bigint     not null,
  terms       json        not null,
  state       text        not null check (state in ('waiting', 'holding', 'claimed', 'rewarded', 'refused', 'expired', 'taking-back', 'taken-back')),
  reason      text,
  qualified_at timestamptz,
  qualified_by text,
  due_at      timestamptz,
  turn        integer     not null default 0,
  given       json,
  primary key (bucket, member_id)
);
comment on table referral is 'Who came by whose invitation, and how it stands: derived from the new member''s purchases and returns. One row for a new member, so that nobody is invited twice.';
comment on column referral.marks is 'Keyed hashes of the device and the card with which it was accepted: one device makes one new member.';
comment on column referral.root is 'The member that answers for the invited one now; inviter_root likewise.';
comment on column referral.terms is 'The programme''s terms when it was accepted; they hold to its end.';
comment on column referral.qualified_by is 'The receipt that was the first real purchase.';
comment on column referral.due_at is 'When it is to be looked at again; null when nothing more can come.';
comment on column referral.given is '{"inviter": [member, seq, cents], "invited": [member, seq, cents]}: operations that rewarded the two sides.';
create index referral_root on referral (root);
create index referral_inviter on referral (inviter_root);
create index referral_marks on referral using gin (marks);
create index referral_due on referral (due_at) where due_at is not null;

create table referral_position (
  only_row boolean primary key default true check (only_row),
  next_xid bigint not null
);
comment on table referral_position is 'Operations of transactions below next_xid have been looked at. Locked by whoever moves it.';
insert into referral_position (next_xid) values (0);
