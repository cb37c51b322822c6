-- The programme as code: every version that was applied, whole. A table of a few rows, read by every process.

create table programme_version (
  version        integer     primary key check (version > 0),
  document       json        not null,
  hash           text        not null,
  effective_from timestamptz not null,
  applied_at     timestamptz not null,
  applied_by     text        not null,
  comment        text        not null
);

comment on table programme_version is 'Versions of the programme, 1, 2, 3 ...; rows are written once and never changed. In force at a time is the highest version whose effective_from is not after it; before the first, the first.';
comment on column programme_version.document is 'The programme file as canonical JSON, defaults filled in.';
comment on column programme_version.hash is 'SHA-256 of the document''s text, hexadecimal; checked at every read, so an edited row is noticed.';
comment on column programme_version.effective_from is 'From which time of their own receipts are priced with this version.';
