-- What members say of what they bought, line by line.

create table receipt_rating (
  bucket     smallint    not null,
  member_id  bigint      not null,
  receipt_id text        not null,
  partner    text        not null,
  lines      json        not null,
  rated_at   timestamptz not null,
  primary key (bucket, member_id, receipt_id)
);
comment on table receipt_rating is 'A member''s rating of a receipt, the last one said; lives with the member''s other rows.';
comment on column receipt_rating.partner is 'The partner that sold.';
comment on column receipt_rating.lines is '[[line from 0, stars 1..5], ...]; lines that were not rated are absent.';
