-- Missions: what partners ask members to do and what it brings; who has done how much of it.

create table mission (
  id           text primary key check (id ~ '^[a-z0-9][a-z0-9-]{0,47}$'),
  partner      text        not null,
  state        text        not null check (state in ('draft', 'live', 'paused', 'ended')),
  revision     integer     not null check (revision > 0),
  document     json        not null,
  hash         text        not null,
  edited_by    text        not null,
  edited_at    timestamptz not null,
  forecast     json,
  live_spans   json        not null default '[]',
  check (state = 'draft' or forecast is not null)
);
comment on table mission is 'A few hundred rows, read whole by every process. A draft may be edited; what was approved never changes, save its state.';
comment on column mission.hash is 'SHA-256 of the document; the forecast and the approval name it.';
comment on column mission.forecast is 'What it is expected to cost, with the assumptions; of the document whose hash it names.';
comment on column mission.live_spans is '[[from, until or null], ...] in epoch ms: when it was live. Deeds at other times do not count.';

create table mission_log (
  mission   text        not null references mission,
  entry     integer     not null,
  at        timestamptz not null,
  who       text        not null,
  action    text        not null check (action in ('draft', 'edit', 'forecast', 'approve', 'pause', 'resume', 'end')),
  revision  integer     not null,
  hash      text        not null,
  comment   text        not null,
  primary key (mission, entry)
);
comment on table mission_log is 'Who did what with a mission, in order; rows are written once.';

create table mission_contribution (
  bucket      smallint    not null,
  member_id   bigint      not null,
  mission     text        not null,
  step        text        not null,
  source      text        not null,
  cites       text,
  occurred_at timestamptz not null,
  amount      bigint      not null,
  primary key (bucket, member_id, mission, step, source)
);
comment on table mission_contribution is 'What each event and receipt adds to a step of a mission; progress is computed from all of a member''s rows, so neither order nor duplicates matter.';
comment on column mission_contribution.source is 'e:partner:id of an event, o:seq of an operation of the same member.';
comment on column mission_contribution.cites is 'Of a return: the source of the purchase.';
comment on column mission_contribution.amount is 'Kopecks (below zero for a return), or 1 for an event.';

create table mission_progress (
  bucket      smallint    not null,
  member_id   bigint      not null,
  mission     text        not null,
  steps       json        not null,
  done_at     timestamptz,
  done_by     text,
  given       json,
  turn        integer     not null default 0,
  is_due      boolean     not null default false,
  refused     text,
  updated_at  timestamptz not null,
  primary key (bucket, member_id, mission),
  check ((done_at is null) = (done_by is null))
);
comment on table mission_progress is 'What a member has done of a mission, and what was given for it. is_due: the two differ, and an operation will bring them together.';
comment on column mission_progress.done_by is 'The event or receipt that reached the goal: a source of mission_contribution.';
comment on column mission_progress.given is 'What holds of the reward now: {"seq", "from", "until"} of a boost, {"seq", "cents"} of an award; null for nothing.';
comment on column mission_progress.turn is 'How often a reward was given, moved or taken back; in the idempotency key of each of these operations.';
comment on column mission_progress.refused is 'Why the reward was not given: budget-exhausted.';
create index mission_progress_due on mission_progress (bucket, member_id) where is_due;

create table mission_completion (
  bucket         smallint    not null,
  member_id      bigint      not null,
  mission        text        not null,
  turn           integer     not null,
  kind           text        not null check (kind in ('given', 'moved', 'taken-back', 'credited')),
  done_at        timestamptz,
  done_by        text,
  seq            integer     not null,
  cents          bigint      not null,
  fee_kopecks    bigint      not null,
  fee_partner    text,
  accounting_day date        not null,
  posted_at      timestamptz not null,
  primary key (bucket, member_id, mission, turn)
);
comment on table mission_completion is 'Immutable: each time a mission''s reward was given or taken, the operation that did it, the event or receipt behind it, and the acquisition fee it caused. Fee lines of acts are sums of these rows.';
comment on column mission_completion.fee_kopecks is 'What fee_partner owes the operator by this row; below zero where it is credited back (a merge, a completion undone).';
comment on column mission_completion.accounting_day is 'The operation''s, or the first open day when its month has been closed meanwhile.';
create index mission_completion_fee on mission_completion (accounting_day) where fee_kopecks <> 0;
create index mission_completion_mission on mission_completion (mission, accounting_day);

create table mission_position (
  only_row boolean primary key default true check (only_row),
  next_xid bigint not null
);
comment on table mission_position is 'Operations and events of transactions below next_xid have been looked at. Locked by whoever moves it.';
insert into mission_position (next_xid) values (0);
