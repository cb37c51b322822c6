-- Linkage of the stored profiles, and points that people of one household let each other have.

-- Attributes are computed from the operations on reading; nothing was ever written here.
drop table member_attribute;

create table link_run (
  run_id     text        primary key,
  asked_by   text        not null,
  day        date        not null,
  state      text        not null check (state in ('linking', 'deciding', 'done', 'cancelled', 'failed')),
  step       text        not null,
  progress   real        not null check (progress between 0 and 1),
  holder     uuid        not null,
  beat_at    timestamptz not null,
  started_at timestamptz not null,
  ended_at   timestamptz,
  report     json
);
comment on table link_run is 'Linkages of all stored profiles (docs/identity.md). One runs at a time; killed while linking it begins again, while deciding it goes on.';
comment on column link_run.asked_by is '"nightly", or the key or person that asked.';
comment on column link_run.day is 'Business day: the nightly run is one a day.';
comment on column link_run.holder is 'The process at work; one that has not been heard of for some minutes may be replaced.';
comment on column link_run.report is 'Counts and thresholds; never a value of a person.';
create unique index link_run_one on link_run ((true)) where state in ('linking', 'deciding');
create index link_run_started on link_run (started_at, run_id);

create table link_pair (
  run_id      text    not null references link_run,
  number      integer not null,
  one_id      bigint  not null,
  other_id    bigint  not null,
  is_sure     boolean not null,
  evidence    json    not null,
  outcome     text,
  primary key (run_id, number)
);
comment on table link_pair is 'What a run has found and has still to decide, the surest first; gone when the run has ended.';
comment on column link_pair.is_sure is 'Above the upper threshold and in one cluster: merged, unless a guard says no.';
comment on column link_pair.evidence is 'Probability and weights per field in bits; names of fields and outcomes, never values.';

create table points_agreement (
  bucket      smallint    not null,
  member_id   bigint      not null,
  taker_id    bigint      not null check (taker_id <> member_id),
  since       timestamptz not null,
  recorded_by text        not null,
  ended_at    timestamptz,
  ended_by    text,
  primary key (bucket, member_id, taker_id, since)
);
comment on table points_agreement is 'A member lets another person of the household take points out of its wallet, until either ends it (docs/decisions/0011). Rows stay as evidence.';
create unique index points_agreement_one on points_agreement (bucket, member_id, taker_id) where ended_at is null;
create index points_agreement_taker on points_agreement (taker_id) where ended_at is null;
