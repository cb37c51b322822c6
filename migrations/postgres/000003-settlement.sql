-- Settlements: one per month, frozen when closed. A few thousand rows a year in all, so none of these tables is
-- distributed: they stay with the coordinator, where triggers are allowed.

-- Replaying a month reads that month's blocks alone: operations are written in the order of time, so a block range has
-- a few days. Costs nothing to speak of on the hot path (one summary per 32 pages).
create index operation_accounting_day on operation using brin (accounting_day) with (pages_per_range = 32, autosummarize = on);

create table settlement (
  month       date primary key check (extract(day from month) = 1),
  state       text not null check (state in ('closing', 'closed')),
  step        text not null default 'sweep' check (step in ('sweep', 'fence', 'feed', 'totals', 'freeze', 'done')),
  started_at  timestamptz not null,
  refusal     json,
  closed_at   timestamptz,
  digest      text,
  document    text,
  check ((state = 'closed') = (closed_at is not null and digest is not null and document is not null))
);
comment on table settlement is 'A month that is being closed or is closed. A closed one never changes.';
comment on column settlement.month is 'Its first day.';
comment on column settlement.step is 'What the close is at; a close that was cut off goes on from there.';
comment on column settlement.refusal is 'Why the last attempt stopped: the sums in which warehouse and ledger differ.';
comment on column settlement.document is 'The whole settlement as canonical JSON: lines, netting, balances, fees, parties.';
comment on column settlement.digest is 'SHA-256 of the document.';

create table settlement_line (
  month       date   not null references settlement,
  line        text   not null,
  position    integer not null,
  kind        text   not null check (kind in ('claim', 'credit')),
  funder      text   not null,
  redeemer    text   not null,
  cents       bigint not null,
  kopecks     bigint not null,
  cites_month date,
  cites_line  text,
  primary key (month, line),
  check ((kind = 'credit') = (cites_month is not null and cites_line is not null)),
  check (kind = 'claim' or cents <= 0)
);
comment on table settlement_line is 'What a redeemer may ask of a funder for one month; funder = redeemer is shown, not paid.';
comment on column settlement_line.line is 'The id that acts and addresses use.';
comment on column settlement_line.kind is 'claim: points spent, less those of the same month given back. credit: points given back that an earlier month settled.';
comment on column settlement_line.cents is 'Hundredths of a point.';
comment on column settlement_line.cites_line is 'The closed line that a credit corrects.';
create index settlement_line_id on settlement_line (line);

create table settlement_total (
  month        date   not null references settlement,
  from_account text   not null,
  to_account   text   not null,
  funder       text   not null,
  redeemer     text   not null,
  origin_month date   not null,
  cents        bigint not null,
  primary key (month, from_account, to_account, funder, redeemer, origin_month)
);
comment on table settlement_total is 'The control totals that the warehouse and the ledger agreed on, to the cent.';
comment on column settlement_total.redeemer is 'Empty where nothing was redeemed.';
comment on column settlement_total.origin_month is 'Month of the purchase for points given back, else the month itself.';

create table settlement_act (
  month    date not null references settlement,
  partner  text not null,
  digest   text not null,
  document text not null,
  primary key (month, partner)
);
comment on table settlement_act is 'One partner''s act for one month, as canonical JSON; CSV, XLSX and PDF are rendered from it.';

-- The guard: what belongs to a closed month can't be added to, changed or removed, whoever asks.
create function refuse_change_of_closed_month() returns trigger language plpgsql as $$
begin
  if tg_op = 'TRUNCATE' then
    if exists (select from settlement where state = 'closed') then
      raise exception 'a closed settlement never changes' using errcode = 'restrict_violation';
    end if;
    return null;
  end if;
  if tg_table_name = 'settlement' then
    if tg_op <> 'INSERT' and old.state = 'closed' then
      raise exception 'settlement % is closed', old.month using errcode = 'restrict_violation';
    end if;
  else
    if tg_op <> 'INSERT' and exists (select from settlement s where s.month = old.month and s.state = 'closed') then
      raise exception 'settlement % is closed', old.month using errcode = 'restrict_violation';
    end if;
    if tg_op <> 'DELETE' and exists (select from settlement s where s.month = new.month and s.state = 'closed') then
      raise exception 'settlement % is closed', new.month using errcode = 'restrict_violation';
    end if;
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end
$$;

create trigger settlement_guard before update or delete on settlement
  for each row execute function refuse_change_of_closed_month();
create trigger settlement_line_guard before insert or update or delete on settlement_line
  for each row execute function refuse_change_of_closed_month();
create trigger settlement_total_guard before insert or update or delete on settlement_total
  for each row execute function refuse_change_of_closed_month();
create trigger settlement_act_guard before insert or update or delete on settlement_act
  for each row execute function refuse_change_of_closed_month();
create trigger settlement_truncate_guard before truncate on settlement
  for each statement execute function refuse_change_of_closed_month();
create trigger settlement_line_truncate_guard before truncate on settlement_line
  for each statement execute function refuse_change_of_closed_month();
create trigger settlement_total_truncate_guard before truncate on settlement_total
  for each statement execute function refuse_change_of_closed_month();
create trigger settlement_act_truncate_guard before truncate on settlement_act
  for each statement execute function refuse_change_of_closed_month();
