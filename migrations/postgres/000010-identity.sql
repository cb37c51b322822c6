-- One member, known everywhere: merges of wallets, the profiles behind a member, keys that erase it, what people decide.

alter table wallet add column merged_base integer;
comment on column wallet.merged_into is 'The survivor, while status is merged.';
comment on column wallet.merged_base is 'Where a merged member''s numbers went: its n-th operation, lot or hold is the survivor''s (merged_base + n)-th (docs/decisions/0010).';

alter table hold drop constraint hold_state_check;
alter table hold add constraint hold_state_check check (state in ('open', 'captured', 'voided', 'timed-out', 'moved'));

alter table identifier add column source text, add column confirmed_at timestamptz;
comment on table identifier is 'Which member a verified or shown phone, card, token or e-mail belongs to; the value as a keyed hash only. Never moves in a merge: the merged member''s wallet says who answers for it. Distributed by the identifier; no foreign key from it.';
comment on column identifier.source is 'Partner whose profile verified it; null when a till showed it or an import brought it.';
comment on column identifier.confirmed_at is 'The profile''s own time when it was last verified; null when no profile has.';
-- All identifiers of a member: guards count them, an erasure deletes them.
create index identifier_member on identifier (member_id);

create table profile (
  bucket        smallint    not null,
  member_id     bigint      not null,
  partner       text        not null,
  external_hash uuid        not null,
  body_hash     uuid        not null,
  sealed        bytea       not null,
  consents      json        not null,
  identifiers   json        not null,
  decision      text        not null check (decision in ('new', 'attached', 'merged', 'for-review')),
  why           json        not null,
  told_at       timestamptz not null,
  first_at      timestamptz not null,
  changed_at    timestamptz not null,
  primary key (bucket, member_id, partner, external_hash)
);
comment on table profile is 'What one partner knows of a person. Stays with the member it was made with; a merge is found by that member''s wallet.';
comment on column profile.external_hash is 'Keyed hash of the partner''s own id; the identifier of kind external leads here.';
comment on column profile.sealed is 'AES-256-GCM under the member''s data key: JSON of identifiers'' values, name, birth date, gender, address, attributes, the external id.';
comment on column profile.consents is 'What the person allows: {"share": [partners] or "all", ...}; not personal by itself.';
comment on column profile.identifiers is '[[kind, keyed hash in hex, verified], ...]: enough to explain a decision and to find a household, not to read a value.';
comment on column profile.why is 'Codes with data, in the order they were found; never a value.';
comment on column profile.told_at is 'The profile''s own time; an older one never overwrites a newer.';

create table member_key (
  bucket     smallint    not null,
  member_id  bigint      not null,
  wrapped    bytea       not null,
  created_at timestamptz not null,
  primary key (bucket, member_id)
);
comment on table member_key is 'Each member''s data key, wrapped by a master key that is kept outside of the database. Deleting the row is erasing the person.';

create table claim (
  id_bucket     smallint not null,
  kind          text     not null,
  value_hash    uuid     not null,
  member_id     bigint   not null,
  partner       text     not null,
  external_hash uuid     not null,
  primary key (id_bucket, kind, value_hash, member_id, partner, external_hash)
);
comment on table claim is 'What profiles say without proof, by keyed hash: unverified phones and e-mails, addresses, address with the stem of the surname. Never decides who somebody is; tells households, and reviewers where to look.';
create index claim_member on claim (member_id);

create table member_merge (
  bucket      smallint    not null,
  member_id   bigint      not null,
  seq         integer     not null,
  survivor_id bigint      not null,
  at          timestamptz not null,
  decided_by  text        not null,
  why         json        not null,
  undone_at   timestamptz,
  undone_by   text,
  undone_why  text,
  primary key (bucket, member_id, seq)
);
comment on table member_merge is 'Who was merged into whom, when, by whom and why; seq is the merged member''s operation. Undone merges stay.';
create index member_merge_survivor on member_merge (survivor_id) where undone_at is null;

create table member_pair (
  bucket      smallint    not null,
  member_id   bigint      not null,
  other_id    bigint      not null check (other_id > member_id),
  state       text        not null check (state in ('open', 'merged', 'apart')),
  reason      text        not null,
  evidence    json        not null,
  opened_at   timestamptz not null,
  decided_at  timestamptz,
  decided_by  text,
  note        text,
  primary key (bucket, member_id, other_id)
);
comment on table member_pair is 'Two members that may be one: waiting for a person, or decided. Apart is remembered: no rule merges the pair again.';
create index member_pair_open on member_pair (opened_at, member_id, other_id) where state = 'open';
create index member_pair_other on member_pair (other_id);

create table member_attribute (
  bucket     smallint    not null,
  member_id  bigint      not null,
  key        text        not null,
  confidence integer     not null check (confidence between 0 and 10000),
  evidence   json        not null,
  as_of      timestamptz not null,
  primary key (bucket, member_id, key)
);
comment on table member_attribute is 'What receipts suggest of a member ("has a cat"), by rules that are data; confidence in basis points as of the instant, fading since.';
