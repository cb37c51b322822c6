-- Budgets: limits of points that everybody shares. Not one hot row: processes lease shares of a budget and note what they
-- used in the statement that posts the points.

create table budget (
  key           text   primary key,
  limit_cents   bigint not null check (limit_cents >= 0),
  settled_cents bigint not null default 0 check (settled_cents >= 0),
  updated_at    timestamptz not null
);
comment on table budget is 'One row a budget and period. Locked by whoever leases or recalls; receipts do not touch it.';
comment on column budget.key is '"b:" cap "|" period, as pricing names it.';
comment on column budget.settled_cents is 'Used under leases that are closed. Spent in all: this and the used_cents of open leases.';

create table budget_lease (
  lease_id      bigint primary key generated always as identity,
  key           text    not null references budget,
  granted_cents bigint  not null check (granted_cents >= 0),
  used_cents    bigint  not null default 0,
  is_open       boolean not null default true,
  check (used_cents >= 0 and used_cents <= granted_cents)
) with (fillfactor = 50);
comment on table budget_lease is 'A share of a budget that one lane of one process may use. Updated by the posting statement, which fails when the lease was recalled: so a process thought dead can never use what was given to another.';
create index budget_lease_open on budget_lease (key) where is_open;
