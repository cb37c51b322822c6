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
