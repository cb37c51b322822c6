-- How far the feed to the warehouse has come. One row per database node: a position read at a coordinator would lose rows.

create table feed_position (
  node             smallint    primary key,
  stream           uuid        not null,
  next_xid         bigint      not null,
  next_batch       bigint      not null,
  moved_operations bigint      not null default 0,
  newest_posted_at timestamptz,
  lag_ms           bigint,
  moved_at         timestamptz,
  error            text,
  failed_at        timestamptz
) with (fillfactor = 50);
comment on table feed_position is 'Rows written by transactions below next_xid are in the warehouse, all of them and once.';
comment on column feed_position.stream is 'Begins every deduplication token, so that a rebuilt database repeats no token of its predecessor.';
comment on column feed_position.moved_operations is 'Operations moved since the stream began: what the warehouse must hold.';
comment on column feed_position.newest_posted_at is 'Posting time of the newest row moved.';
comment on column feed_position.lag_ms is 'Age of the oldest row of the last batch when the warehouse had it.';
comment on column feed_position.error is 'Why the last attempt failed; null after a success.';
insert into feed_position (node, stream, next_xid, next_batch) values (0, gen_random_uuid(), 0, 1);

create table feed_batch (
  node            smallint    not null references feed_position,
  batch           bigint      not null,
  from_xid        bigint      not null,
  to_xid          bigint      not null check (to_xid > from_xid),
  operations      integer     not null,
  anonymous       integer     not null,
  day_totals      integer     not null,
  recorded_at     timestamptz not null,
  acknowledged_at timestamptz,
  primary key (node, batch)
) with (fillfactor = 80);
comment on table feed_batch is 'Exact ranges [from_xid, to_xid), written down before they are sent: after any death the same range goes out again under the same token. Old rows are removed.';
comment on column feed_batch.operations is 'Rows of table operation in the range; anonymous and day_totals likewise.';

-- Store totals are sent whole and may be sent again: whoever writes one names its transaction, on update too.
alter table store_day_total add column xid bigint not null default (pg_current_xact_id()::text::bigint);
comment on column store_day_total.xid is 'The transaction that last wrote it, for the feed.';
create index store_day_total_feed on store_day_total (xid);
