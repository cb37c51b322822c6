import type { ClientBase, Pool } from "pg";
import type { PartnerId } from "#kernel/ids.ts";
import type { PointsCents } from "#kernel/money.ts";
import { createPosition } from "#platform/postgres/position.ts";
import type { FunderSums } from "../core/funder-sums.ts";

/** Operations of transactions below it are in funder_total. */
export const funderPosition = createPosition("funder_position");

type TotalRow = {
  funder: PartnerId;
  issued_cents: number;
  taken_back_cents: number;
  expired_cents: number;
  redeemed_cents: number;
  own_redeemed_cents: number;
  pending_cents: number;
  arrears_cents: number;
};

/** A row a funder: read whole. */
export async function readFunderTotals(client: ClientBase | Pool): Promise<Map<PartnerId, FunderSums>> {
  const { rows } = await client.query<TotalRow>("select * from funder_total");
  return new Map(
    rows.map((row) => [
      row.funder,
      {
        issued: row.issued_cents,
        takenBack: row.taken_back_cents,
        expired: row.expired_cents,
        redeemed: row.redeemed_cents,
        ownRedeemed: row.own_redeemed_cents,
        pending: row.pending_cents,
        arrears: row.arrears_cents,
      },
    ]),
  );
}

/** By primary key. The position's row is locked, so nobody else adds meanwhile. */
const PUT = `
insert into funder_total (funder, issued_cents, taken_back_cents, expired_cents, redeemed_cents, own_redeemed_cents,
                          pending_cents, arrears_cents)
select * from unnest($1::text[], $2::int8[], $3::int8[], $4::int8[], $5::int8[], $6::int8[], $7::int8[], $8::int8[])
on conflict (funder) do update set
  issued_cents = excluded.issued_cents, taken_back_cents = excluded.taken_back_cents,
  expired_cents = excluded.expired_cents, redeemed_cents = excluded.redeemed_cents,
  own_redeemed_cents = excluded.own_redeemed_cents, pending_cents = excluded.pending_cents,
  arrears_cents = excluded.arrears_cents`;

export async function putFunderTotals(client: ClientBase, totals: ReadonlyMap<PartnerId, FunderSums>): Promise<void> {
  const sums = [...totals.values()];
  await client.query(PUT, [
    [...totals.keys()],
    sums.map((each) => each.issued),
    sums.map((each) => each.takenBack),
    sums.map((each) => each.expired),
    sums.map((each) => each.redeemed),
    sums.map((each) => each.ownRedeemed),
    sums.map((each) => each.pending),
    sums.map((each) => each.arrears),
  ]);
}

/** A few rows, by the prefix of the primary key; the open leases of each by budget_lease_open. */
const COVERS_USED = `
select substr(b.key, 3) as funder, (b.settled_cents + coalesce(l.used, 0))::int8 as used_cents
from budget b left join lateral (
  select sum(used_cents) as used from budget_lease where key = b.key and is_open) l on true
where b.key >= 'f:' and b.key < 'f;'`;

/** What the leases of each cover say was given in the funder's name, in the snapshot of the transaction. */
export async function coversUsed(client: ClientBase | Pool): Promise<Map<PartnerId, PointsCents>> {
  const { rows } = await client.query<{ funder: PartnerId; used_cents: number }>(COVERS_USED);
  return new Map(rows.map((row) => [row.funder, row.used_cents]));
}

export type CoverCorrection = {
  readonly funder: PartnerId;
  /** Given without a lease (points moved in, a merge, the time before it was limited), to be counted too. */
  readonly driftCents: PointsCents;
  readonly freedCents: PointsCents;
  readonly waitingCents: PointsCents;
};

/** By primary key, in the order of keys; each row is locked as by a lease, for as long as the transaction takes to end. */
const CORRECT = `
update budget b set settled_cents = b.settled_cents + x.drift, freed_cents = x.freed, waiting_cents = x.waiting
from (select * from unnest($1::text[], $2::int8[], $3::int8[], $4::int8[]) as x(key, drift, freed, waiting)
      order by key) as x
where b.key = x.key and (x.drift <> 0 or b.freed_cents <> x.freed or b.waiting_cents <> x.waiting)`;

export async function correctCovers(client: ClientBase, corrections: readonly CoverCorrection[]): Promise<void> {
  if (corrections.length === 0) return;
  await client.query(CORRECT, [
    corrections.map((each) => `f:${each.funder}`),
    corrections.map((each) => each.driftCents),
    corrections.map((each) => each.freedCents),
    corrections.map((each) => each.waitingCents),
  ]);
}

/** By primary key. A budget that has no row was never used, so nothing comes back to it. */
const GIVE_BACK = `
update budget b set freed_cents = b.freed_cents + x.cents
from (select * from unnest($1::text[], $2::int8[]) as x(key, cents) order by key) as x where b.key = x.key`;

export async function giveBackToBudgets(client: ClientBase, back: ReadonlyMap<string, PointsCents>): Promise<void> {
  if (back.size > 0) await client.query(GIVE_BACK, [[...back.keys()], [...back.values()]]);
}
