-- The history of members that were one for a while: what was made for somebody who has left since is not shown any more.
create index member_merge_undone on member_merge (survivor_id) where undone_at is not null;
comment on index member_merge_undone is 'Whether anybody was taken out of a member again. Few rows.';
