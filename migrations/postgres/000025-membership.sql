-- Levels by what was earned or spent, and subscriptions with their payments.

create table level_contribution (
  bucket      smallint    not null,
  member_id   bigint      not null,
  occurred_at timestamptz not null,
  seq         integer     not null,
  cites       integer,
  partner     text        not null,
  kopecks     bigint      not null,
  cents       bigint      not null,
  primary key (bucket, member_id, occurred_at, seq)
);
comment on table level_contribution is 'What each receipt and return adds to what levels are reached by; a level''s history is computed from these rows, so neither order nor duplicates matter. Read by time, along the primary key.';
comment on column level_contribution.seq is 'The operation, in the stream of the member that answers for it.';
comment on column level_contribution.cites is 'Of a return: the purchase''s seq. A return counts from its own time on, against the period of the purchase.';
comment on column level_contribution.kopecks is 'Goods without delivery; below zero for a return.';
comment on column level_contribution.cents is 'Points that the receipt earned; below zero for a return.';

create table level_standing (
  bucket     smallint    not null,
  member_id  bigint      not null,
  desired    json        not null,
  given      json        not null default '[]',
  turn       integer     not null default 0,
  is_due     boolean     not null default false,
  updated_at timestamptz not null,
  primary key (bucket, member_id)
);
comment on table level_standing is 'When a member had which level by what he bought: [[level, from, until], ...] in epoch ms. desired: by the contributions; given: as traits, by operations. is_due: the two differ.';
comment on column level_standing.turn is 'How often the traits were brought up; in the idempotency key of each of these operations.';
create index level_standing_due on level_standing (bucket, member_id) where is_due;

create table level_position (
  only_row boolean primary key default true check (only_row),
  next_xid bigint not null
);
comment on table level_position is 'Operations of transactions below next_xid have been looked at. Locked by whoever moves it.';
insert into level_position (next_xid) values (0);

create table subscription (
  bucket          smallint    not null,
  member_id       bigint      not null,
  number          integer     not null check (number > 0),
  plan            text        not null,
  seller          text        not null,
  state           text        not null check (state in ('pending', 'active', 'grace', 'ended')),
  is_cancelled    boolean     not null default false,
  created_at      timestamptz not null,
  started_at      timestamptz,
  period_from     timestamptz,
  period_until    timestamptz,
  anchor_at       timestamptz,
  anchor_months   integer     not null default 0,
  is_trial        boolean     not null default false,
  promo           text,
  promo_kopecks   bigint,
  promo_left      integer     not null default 0,
  token           text,
  attempts        integer     not null default 0,
  payments        integer     not null default 0,
  next_at         timestamptz,
  benefit_until   timestamptz,
  ended_at        timestamptz,
  end_reason      text check (end_reason in ('declined', 'cancelled', 'payment-failed', 'refunded')),
  take_back_from  timestamptz,
  given_until     timestamptz,
  turn            integer     not null default 0,
  is_due          boolean     not null default false,
  idempotency_key text        not null,
  body_hash       text        not null,
  primary key (bucket, member_id, number),
  unique (bucket, member_id, idempotency_key),
  check ((state = 'ended') = (ended_at is not null and end_reason is not null)),
  check (state in ('pending', 'ended') or (started_at is not null and period_until is not null))
);
comment on table subscription is 'A member''s subscriptions, the n-th of each. Changed under its row''s lock only. Never a card number: token names the card at the payment provider.';
comment on column subscription.anchor_at is 'Paid periods end so many months after it (anchor_months), at its time of the day; so the 31st comes back after a short month.';
comment on column subscription.is_trial is 'The period paid for is the trial.';
comment on column subscription.promo_left is 'Periods still to be paid at promo_kopecks.';
comment on column subscription.attempts is 'Failed payments of the period that is due.';
comment on column subscription.payments is 'How many payments there were: the number of the last one.';
comment on column subscription.next_at is 'When the worker looks again; null when nothing is to be done any more.';
comment on column subscription.benefit_until is 'Until when benefits hold as things are; the trait says the same once given_until does. is_due: they differ.';
comment on column subscription.take_back_from is 'A refund takes back what its rules gave on receipts from here on; set until done.';
create unique index subscription_one_of_plan on subscription (bucket, member_id, plan) where state <> 'ended';
create index subscription_next on subscription (next_at) where next_at is not null;
create index subscription_due on subscription (bucket, member_id, number) where is_due;

create table subscription_payment (
  bucket            smallint    not null,
  member_id         bigint      not null,
  number            integer     not null,
  payment           integer     not null,
  kind              text        not null check (kind in ('charge', 'refund')),
  plan              text        not null,
  seller            text        not null,
  amount_kopecks    bigint      not null check (amount_kopecks > 0),
  period_from       timestamptz not null,
  period_until      timestamptz not null,
  is_trial          boolean     not null,
  promo             text,
  token             text        not null,
  state             text        not null check (state in ('created', 'pending', 'succeeded', 'declined')),
  reference         text,
  decline           text,
  cites             integer,
  programme_version integer     not null,
  created_at        timestamptz not null,
  settled_at        timestamptz,
  accounting_day    date,
  primary key (bucket, member_id, number, payment),
  check ((state in ('succeeded', 'declined')) = (settled_at is not null)),
  check ((state = 'succeeded') = (accounting_day is not null)),
  check ((kind = 'refund') = (cites is not null))
);
comment on table subscription_payment is 'Money asked for and given back, one row each; settled rows never change. The key told to the provider is the subscription''s id and the payment''s number: asked twice, it pays once. Revenue of a month is the sum of what succeeded, by accounting day.';
comment on column subscription_payment.cites is 'Of a refund: the charge.';
comment on column subscription_payment.reference is 'The provider''s own id of it.';
create index subscription_payment_day on subscription_payment (accounting_day) where accounting_day is not null;

create table subscription_promo (
  plan   text    not null,
  promo  text    not null,
  used   integer not null check (used >= 0),
  primary key (plan, promo)
);
comment on table subscription_promo is 'How many members have used a promo code of a subscription; a few rows, locked by whoever uses one with a limit.';

create table subscription_owner (
  bucket    smallint not null,
  member_id bigint   not null,
  merged_id bigint   not null,
  primary key (bucket, member_id, merged_id)
);
comment on table subscription_owner is 'Members with subscriptions that were merged into this one, which answers for them now. The subscriptions stay where they were bought.';
