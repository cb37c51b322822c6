-- How a posting statement that was overtaken fails: nothing of it is written, and the log says what was overtaken.
create function lost_race(rows_of text) returns boolean language plpgsql as $$
begin
  raise exception 'overtaken: % changed meanwhile; nothing is posted, the batch is read and priced again', rows_of
    using errcode = 'LR001';
end;
$$;
comment on function lost_race is
  'Raises SQLSTATE LR001: the month was closed, a wallet moved, or a lease was recalled while a batch was priced.';
