-- Who may call: keys of tills, partners and staff's programs. A few thousand rows; on Citus a reference table.

create table api_key (
  key_id        text        primary key,
  key_hash      bytea       not null unique,
  role          text        not null check (role in ('till', 'partner', 'analyst', 'operator', 'admin')),
  partner       text,
  name          text        not null,
  created_at    timestamptz not null,
  created_by    text,
  expires_at    timestamptz,
  revoked_at    timestamptz,
  revoked_by    text,
  last_used_day date,
  check ((role in ('till', 'partner')) = (partner is not null))
);
comment on table api_key is 'API keys. A revoked key stays, so that the log of who did what keeps its names.';
comment on column api_key.key_hash is 'SHA-256 of the whole key, which has 160 random bits and is shown once.';
comment on column api_key.partner is 'The only partner that this key acts for; keys of the operator''s own people have none.';
comment on column api_key.created_by is 'The key that made it; null when it was made on the command line.';
comment on column api_key.last_used_day is 'Day (UTC) of the last use, written at most once a day: to find keys that nobody needs.';
