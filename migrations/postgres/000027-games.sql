-- Games: weekly leaderboards, achievements, draws with prizes, quizzes and polls.

create table game (
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
  check (state in ('draft', 'ended') or forecast is not null)
);
comment on table game is 'A few hundred rows, read whole by every process. A draft may be edited; what was approved never changes, save its state.';
comment on column game.hash is 'SHA-256 of the document.';
comment on column game.forecast is 'The most it can cost, by prizes, stocks and budget; of the document whose hash it names.';
comment on column game.live_spans is '[[from, until or null], ...] in epoch ms: when it was live. What happens at other times does not count.';

create table game_log (
  game      text        not null references game,
  entry     integer     not null,
  at        timestamptz not null,
  who       text        not null,
  action    text        not null check (action in ('draft', 'edit', 'forecast', 'approve', 'pause', 'resume', 'end')),
  revision  integer     not null,
  hash      text        not null,
  comment   text        not null,
  primary key (game, entry)
);
comment on table game_log is 'Who did what with a game, in order; rows are written once.';

create table game_contribution (
  bucket       smallint    not null,
  member_id    bigint      not null,
  game         text        not null,
  step         text        not null,
  source       text        not null,
  cites        text,
  occurred_at  timestamptz not null,
  amount       bigint      not null,
  points_cents bigint      not null,
  primary key (bucket, member_id, game, step, source)
);
comment on table game_contribution is 'What each event, receipt and mission adds to a game; everything about a member is computed from all of his rows, so neither order nor duplicates matter.';
comment on column game_contribution.step is 'score of a leaderboard, right of a draw; of an achievement its step, or the partner or category that counts apart.';
comment on column game_contribution.source is 'e:partner:id of an event, o:seq of an operation of the same member, m:mission of a mission done.';
comment on column game_contribution.cites is 'Of a return: the source of the purchase.';
comment on column game_contribution.amount is 'Kopecks (below zero for a return), or 1 for an event or a mission.';
comment on column game_contribution.points_cents is 'Of a leaderboard: points that the receipt earned, or (below zero) that the return took back.';

create table game_progress (
  bucket      smallint    not null,
  member_id   bigint      not null,
  game        text        not null,
  steps       json        not null,
  done_at     timestamptz,
  done_by     text,
  updated_at  timestamptz not null,
  primary key (bucket, member_id, game),
  check ((done_at is null) = (done_by is null))
);
comment on table game_progress is 'What a member has done of an achievement; computed from game_contribution.';

create table game_award (
  bucket     smallint    not null,
  member_id  bigint      not null,
  game       text        not null,
  key        text        not null,
  desired    json,
  cause      json        not null,
  given      json,
  turn       integer     not null default 0,
  is_due     boolean     not null,
  refused    text,
  updated_at timestamptz not null,
  primary key (bucket, member_id, game, key)
);
comment on table game_award is 'What a member has won in a game, and what was given for it. is_due: the two differ, and an operation with the key (game, award, member, turn) will bring them together.';
comment on column game_award.key is 'goal of an achievement, answers of a quiz or poll, week:YYYY-MM-DD of a leaderboard, draw:YYYY-MM-DD:nonce of a draw.';
comment on column game_award.desired is '{"kind": "points", "cents", "expiry"} or {"kind": "boost", "key", "from", "until"}; null for nothing.';
comment on column game_award.cause is 'Why: goes into the operation.';
comment on column game_award.given is 'As desired, with "seq" of the operation; null for nothing.';
comment on column game_award.refused is 'Why it was not given: budget-exhausted.';
create index game_award_due on game_award (bucket, member_id) where is_due;

create table game_score (
  bucket           smallint not null,
  member_id        bigint   not null,
  game             text     not null,
  week             date     not null,
  turnover_kopecks bigint   not null,
  points_cents     bigint   not null,
  receipts         integer  not null,
  rate_bp          integer,
  primary key (bucket, member_id, game, week)
);
comment on table game_score is 'A member''s week in a leaderboard, from its Monday. Amounts are never shown to others. Not touched any more once the week is closed.';
comment on column game_score.rate_bp is 'Points ÷ turnover in basis points, rounded to the board''s step; null with too little for a place.';
create index game_score_rate on game_score (game, week, rate_bp desc) where rate_bp is not null;

create table game_participant (
  bucket     smallint    not null,
  member_id  bigint      not null,
  game       text        not null,
  name       text        not null,
  joined_at  timestamptz not null,
  primary key (bucket, member_id, game)
);
comment on table game_participant is 'Who takes part in a leaderboard, and the name he chose to be shown by. Whoever is not here has no part in anything that others see.';

create table game_name (
  name_bucket smallint not null,
  game        text     not null,
  skeleton    text     not null,
  member_id   bigint   not null,
  primary key (name_bucket, game, skeleton)
);
comment on table game_name is 'Names taken in a leaderboard, by what they look like. Distributed by the name.';
create index game_name_member on game_name (member_id);

create table game_week (
  game         text        not null references game,
  week         date        not null,
  as_of        timestamptz not null,
  participants integer     not null,
  bins         json        not null,
  closed_at    timestamptz,
  primary key (game, week)
);
comment on table game_week is 'A leaderboard''s week as it was seen last: at midnight while it runs, for good once closed_at is set.';
comment on column game_week.bins is '[[rate_bp, members], ...] of those who take part, the highest first: from it anybody''s place is told.';

create table game_place (
  game        text     not null,
  week        date     not null,
  entry       integer  not null,
  place       integer  not null,
  bucket      smallint not null,
  member_id   bigint   not null,
  rate_bp     integer  not null,
  prize_cents bigint   not null,
  primary key (game, week, entry),
  foreign key (game, week) references game_week
);
comment on table game_place is 'The first places of a week, in the order shown; equal percents have equal places. Names are looked up when shown: who has left has none.';

create table draw_period (
  game           text        not null references game,
  period         date        not null,
  starts_at      timestamptz not null,
  ends_at        timestamptz not null,
  salt           bytea       not null,
  commitment     json        not null,
  committed_at   timestamptz not null,
  draws          integer     not null default 0,
  taken          json        not null default '{}',
  revealed_at    timestamptz,
  server_seed    bytea,
  primary key (game, period)
);
comment on table draw_period is 'A period of a draw: the commitment published before it, the count of draws (the next nonce) and of prizes taken, and the seed after it. Locked by each draw, so nonces have no gaps and stocks are never passed.';
comment on column draw_period.salt is 'The server seed is HMAC-SHA256(secret of the installation, game, period, salt): it is not in the database until it is revealed.';
comment on column draw_period.commitment is 'What was committed to (DrawCommitment): prizes, weights, stocks, the rule for a prize that has run out, SHA-256 of the seed.';

create table game_draw (
  bucket      smallint    not null,
  member_id   bigint      not null,
  game        text        not null,
  source      text        not null,
  request_key text        not null,
  client_seed text        not null,
  period      date        not null,
  nonce       integer     not null,
  drawn       text        not null,
  given       text        not null,
  drawn_at    timestamptz not null,
  primary key (bucket, member_id, game, source),
  unique (bucket, member_id, game, request_key)
);
comment on table game_draw is 'Immutable: one right drawn on, once. drawn is what the seeds say, given what was left.';
create index game_draw_nonce on game_draw (game, period, nonce);

create table game_answer (
  bucket          smallint    not null,
  member_id       bigint      not null,
  game            text        not null,
  answers         json        not null,
  right_count     integer,
  answered_at     timestamptz not null,
  consent_version text,
  consented_at    timestamptz,
  withdrawn_at    timestamptz,
  primary key (bucket, member_id, game),
  check ((consent_version is null) = (consented_at is null))
);
comment on table game_answer is 'A member''s answers to a quiz or poll. With a consent that is not withdrawn they say attributes of the member, computed when asked for.';
create index game_answer_game on game_answer (game);

create table game_position (
  only_row boolean primary key default true check (only_row),
  next_xid bigint not null
);
comment on table game_position is 'Operations and events of transactions below next_xid have been looked at. Locked by whoever moves it or closes a week.';
insert into game_position (next_xid) values (0);
