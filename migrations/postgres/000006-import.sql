create table import_run (
  import_id     text        primary key,
  kind          text        not null,
  file_name     text        not null,
  state         text        not null check (state in ('running', 'done')),
  position      json,
  rows_accepted bigint      not null default 0,
  rows_refused  bigint      not null default 0,
  counters      json        not null,
  refused_bytes bigint      not null default 0,
  started_at    timestamptz not null,
  updated_at    timestamptz not null
);
comment on table import_run is 'Where a file''s import stands: an interrupted one goes on from its position, a finished one is not done twice.';
comment on column import_run.import_id is 'SHA-256 over the kind, the file''s content and the mapping.';
comment on column import_run.position is 'The last receipt or row whose outcome is known; all before it are counted.';
comment on column import_run.refused_bytes is 'Length of the file of refused rows at that position; what was written beyond it is cut off when the import goes on.';
