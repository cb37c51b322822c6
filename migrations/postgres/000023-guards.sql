-- Guards of the checkout: what was posted lately (for velocity rules), what they noticed, who is blocked, what is stopped.

create table guard_journal (
  writer    bigint      not null,
  number    bigint      not null,
  posted_at timestamptz not null,
  facts     text        not null,
  xid       bigint      not null default (pg_current_xact_id()::text::bigint),
  primary key (writer, number)
);
comment on table guard_journal is 'One row a batch, written by the statement that posts the batch: what velocity rules count of its receipts, holds and returns. So it is derived from posted operations exactly once, without a row that two postings share. Processes keep counters in memory, read the rows of others several times a second, and all rows of the longest window when they start. Kept for that window.';
comment on column guard_journal.writer is 'The process that wrote it, from guard_writer; number counts its batches.';
comment on column guard_journal.facts is 'JSON, see src/domains/guards/core/velocity/journal.ts: keyed hashes cut to 53 bits, never an identifier.';
create index guard_journal_xid on guard_journal (xid);
create index guard_journal_posted on guard_journal (posted_at);

create sequence guard_writer;
comment on sequence guard_writer is 'A number for each process that posts.';

create table guard_alert (
  alert_id      uuid        primary key,
  raised_at     timestamptz not null,
  action        text        not null check (action in ('allow', 'review', 'refuse')),
  state         text        not null check (state in ('noted', 'open', 'released', 'taken-back', 'refused')),
  kind          text        not null check (kind in ('purchase', 'hold')),
  hits          json        not null,
  partner       text        not null,
  store         text,
  till          text,
  member_id     bigint,
  seq           integer,
  receipt_id    text,
  points_cents  bigint      not null check (points_cents >= 0),
  attempts      integer     not null default 1,
  decided_at    timestamptz,
  decided_by    text,
  note          text,
  decision_member bigint,
  decision_seq  integer,
  check ((state in ('released', 'taken-back')) = (decided_at is not null)),
  check ((action = 'allow' and state = 'noted') or (action = 'refuse' and state = 'refused')
      or (action = 'review' and state in ('open', 'released', 'taken-back')))
);
comment on table guard_alert is 'What velocity rules noticed. Of what was posted, a row of the posting statement; of what was refused, written beside it, one row a request however often it is tried.';
comment on column guard_alert.alert_id is '128 bits of SHA-256 over the request''s key and the action.';
comment on column guard_alert.hits is '[{"rule", "measured"}, ...]: the rules broken, and what the request would have made of each measure.';
comment on column guard_alert.member_id is 'As when it was raised; a merge is followed when it is decided.';
comment on column guard_alert.points_cents is 'Of a purchase, what it earned and is held for review; of a hold, what it set aside.';
comment on column guard_alert.decision_seq is 'The operation of decision_member (the survivor, after a merge) that released the points or took them back.';
create index guard_alert_raised on guard_alert (raised_at, alert_id);
create index guard_alert_open on guard_alert (raised_at, alert_id) where state = 'open';

create table guard_block (
  block_id   bigint generated always as identity primary key,
  kind       text        not null check (kind in ('member', 'identifier', 'cashier', 'device', 'payment-card', 'store', 'partner')),
  subject    text        not null,
  reason     text        not null,
  blocked_by text        not null,
  blocked_at timestamptz not null,
  valid_from timestamptz not null,
  valid_until timestamptz,
  lifted_by  text,
  lifted_at  timestamptz,
  lift_reason text,
  check (valid_until is null or valid_until > valid_from),
  check ((lifted_at is null) = (lifted_by is null))
);
comment on table guard_block is 'Who may not earn or spend, from when until when, and why. Rows are never deleted: lifting is noted.';
comment on column guard_block.subject is 'A member''s number, a store, a partner; of a person or a card only a keyed hash, in hexadecimal (identifiers: kind and hash).';
create unique index guard_block_standing on guard_block (kind, subject) where lifted_at is null and valid_until is null;

create table guard_stop (
  stop_id     bigint generated always as identity primary key,
  scope       text        not null check (scope in ('programme', 'partner', 'funder', 'mission')),
  subject     text        not null,
  what        text        not null check (what in ('earning', 'spending')),
  reason      text        not null,
  stopped_by  text        not null,
  stopped_at  timestamptz not null,
  resumed_by  text,
  resumed_at  timestamptz,
  resume_reason text,
  check (what = 'earning' or scope in ('programme', 'partner')),
  check ((resumed_at is null) = (resumed_by is null))
);
comment on table guard_stop is 'Switches: what is, or was, stopped, by whom and why. Processes look several times a second.';
comment on column guard_stop.subject is 'The partner or mission; the programme''s id for the programme.';
create unique index guard_stop_standing on guard_stop (scope, subject, what) where resumed_at is null;

create table guard_change (
  only_row boolean primary key default true check (only_row),
  number   bigint  not null
);
comment on table guard_change is 'Counts changes of blocks and stops, so that processes see at a glance whether there is anything to read.';
insert into guard_change (number) values (0);
