-- What partners tell of their members besides receipts: a card issued, a number moved, a policy bought.

create table event_key (
  key_bucket smallint not null,
  key_hash   uuid     not null,
  body_hash  uuid     not null,
  member_id  bigint   not null,
  primary key (key_bucket, key_hash)
);
comment on table event_key is 'Events by (partner, id): the same one again is a replay, with another body a conflict. Distributed by itself, like operation_key.';

create table partner_event (
  bucket      smallint    not null,
  member_id   bigint      not null,
  partner     text        not null,
  event_id    text        not null,
  type        text        not null,
  occurred_at timestamptz not null,
  received_at timestamptz not null,
  data        json        not null,
  xid         bigint      not null default (pg_current_xact_id()::text::bigint),
  primary key (bucket, member_id, partner, event_id)
);
comment on table partner_event is 'Immutable: what a partner says happened to a member. Nothing here depends on the order of arrival.';
comment on column partner_event.occurred_at is 'The event''s own time, by which missions judge it; received_at is when it came.';
comment on column partner_event.data is 'Flat: texts, whole numbers, flags. Never an identifier, never a product.';
comment on column partner_event.xid is 'The transaction that wrote it; consumers read up to the oldest transaction still running.';
create index partner_event_feed on partner_event (xid);
