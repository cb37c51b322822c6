import type { ClientBase, Pool } from "pg";
import type { PartnerId } from "#kernel/ids.ts";
import type { PointsCents } from "#kernel/money.ts";
import type { EpochMs } from "#kernel/time.ts";
import type { CoverState } from "../core/funder-sums.ts";

export type CoverAlert = {
  readonly funder: PartnerId;
  readonly at: EpochMs;
  readonly state: CoverState;
  readonly usedCents: PointsCents;
  readonly limitCents: PointsCents;
};

type Row = { funder: PartnerId; at: Date; state: CoverState; used_cents: number; limit_cents: number };

/** The last of each funder, by primary key. */
export async function lastAlerts(client: ClientBase | Pool): Promise<Map<PartnerId, CoverAlert>> {
  const { rows } = await client.query<Row>("select distinct on (funder) * from funder_alert order by funder, at desc");
  return new Map(rows.map((row) => [row.funder, toAlert(row)]));
}

/** Two of one millisecond are one: the later is right. */
export async function insertAlert(client: ClientBase | Pool, alert: CoverAlert): Promise<void> {
  await client.query(
    `insert into funder_alert (funder, at, state, used_cents, limit_cents) values ($1, $2, $3, $4, $5)
     on conflict (funder, at) do update set state = excluded.state, used_cents = excluded.used_cents`,
    [alert.funder, new Date(alert.at), alert.state, alert.usedCents, alert.limitCents],
  );
}

function toAlert(row: Row): CoverAlert {
  return {
    funder: row.funder,
    at: row.at.getTime(),
    state: row.state,
    usedCents: row.used_cents,
    limitCents: row.limit_cents,
  };
}
