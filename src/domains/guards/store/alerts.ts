import type { Pool } from "pg";
import type { EpochMs } from "#kernel/time.ts";
import type { Hit } from "../core/velocity/judge.ts";

export type AlertState = "noted" | "open" | "released" | "taken-back" | "refused";

export type Alert = {
  /** Hexadecimal. */
  readonly alertId: string;
  readonly raisedAt: EpochMs;
  readonly action: "allow" | "review" | "refuse";
  readonly state: AlertState;
  readonly kind: "purchase" | "hold";
  readonly hits: readonly Hit[];
  readonly partner: string;
  readonly store?: string;
  readonly till?: string;
  readonly member?: number;
  readonly seq?: number;
  readonly receiptId?: string;
  readonly pointsCents: number;
  readonly attempts: number;
  readonly decidedAt?: EpochMs;
  readonly decidedBy?: string;
  readonly note?: string;
  readonly decided?: { readonly member: number; readonly seq: number };
};

type Row = {
  alert_id: string;
  raised_at: Date;
  action: Alert["action"];
  state: AlertState;
  kind: Alert["kind"];
  hits: Hit[];
  partner: string;
  store: string | null;
  till: string | null;
  member_id: number | string | null;
  seq: number | null;
  receipt_id: string | null;
  points_cents: number | string;
  attempts: number;
  decided_at: Date | null;
  decided_by: string | null;
  note: string | null;
  decision_member: number | string | null;
  decision_seq: number | null;
};

function toAlert(row: Row): Alert {
  return {
    alertId: row.alert_id.replaceAll("-", ""),
    raisedAt: row.raised_at.getTime(),
    action: row.action,
    state: row.state,
    kind: row.kind,
    hits: row.hits,
    partner: row.partner,
    ...(row.store === null ? {} : { store: row.store }),
    ...(row.till === null ? {} : { till: row.till }),
    ...(row.member_id === null ? {} : { member: Number(row.member_id) }),
    ...(row.seq === null ? {} : { seq: row.seq }),
    ...(row.receipt_id === null ? {} : { receiptId: row.receipt_id }),
    pointsCents: Number(row.points_cents),
    attempts: row.attempts,
    ...(row.decided_at === null ? {} : { decidedAt: row.decided_at.getTime(), decidedBy: row.decided_by as string }),
    ...(row.note === null ? {} : { note: row.note }),
    ...(row.decision_seq === null ? {} : { decided: { member: Number(row.decision_member), seq: row.decision_seq } }),
  };
}

export type RefusedAlert = Pick<Alert, "alertId" | "raisedAt" | "kind" | "hits" | "partner"> &
  Partial<Pick<Alert, "store" | "till" | "member" | "receiptId">> & { readonly attempts: number };

/** By primary key, rows in its order: the same request tried again adds to its row. */
const REFUSED = `
insert into guard_alert as known (alert_id, raised_at, action, state, kind, hits, partner, store, till, member_id, receipt_id,
                                  points_cents, attempts)
select alert_id, raised_at, 'refuse', 'refused', kind, hits, partner, store, till, member_id, receipt_id, 0, attempts
from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::json[], $5::text[], $6::text[], $7::text[], $8::bigint[],
            $9::text[], $10::int[])
  as x(alert_id, raised_at, kind, hits, partner, store, till, member_id, receipt_id, attempts)
order by alert_id
on conflict (alert_id) do update set attempts = known.attempts + excluded.attempts, hits = excluded.hits`;

export async function putRefused(pool: Pool, alerts: readonly RefusedAlert[]): Promise<void> {
  if (alerts.length === 0) return;
  await pool.query(REFUSED, [
    alerts.map(({ alertId }) => alertId),
    alerts.map(({ raisedAt }) => new Date(raisedAt)),
    alerts.map(({ kind }) => kind),
    alerts.map(({ hits }) => JSON.stringify(hits)),
    alerts.map(({ partner }) => partner),
    alerts.map(({ store }) => store ?? null),
    alerts.map(({ till }) => till ?? null),
    alerts.map(({ member }) => member ?? null),
    alerts.map(({ receiptId }) => receiptId ?? null),
    alerts.map(({ attempts }) => attempts),
  ]);
}

export type AlertFilter = {
  readonly state?: AlertState;
  readonly rule?: string;
  readonly partner?: string;
  readonly member?: number;
  /** The last one of the page before. */
  readonly before?: readonly [raisedAt: EpochMs, alertId: string];
  readonly limit: number;
};

/** By guard_alert_raised (guard_alert_open for open ones), newest first. */
const LIST = `
select * from guard_alert
where ($1::timestamptz is null or (raised_at, alert_id) < ($1, $2::uuid))
  and ($3::text is null or state = $3)
  and ($4::text is null or exists (select 1 from json_array_elements(hits) hit where hit ->> 'rule' = $4))
  and ($5::text is null or partner = $5) and ($6::bigint is null or member_id = $6)
order by raised_at desc, alert_id desc limit $7`;

export async function listAlerts(pool: Pool, filter: AlertFilter): Promise<Alert[]> {
  const { rows } = await pool.query<Row>(LIST, [
    filter.before === undefined ? null : new Date(filter.before[0]),
    filter.before?.[1] ?? null,
    filter.state ?? null,
    filter.rule ?? null,
    filter.partner ?? null,
    filter.member ?? null,
    filter.limit,
  ]);
  return rows.map(toAlert);
}

/** How many wait for a decision, and the points that wait with them. By guard_alert_open. */
export async function countOpenAlerts(pool: Pool): Promise<{ readonly alerts: number; readonly pointsCents: number }> {
  const { rows } = await pool.query<{ alerts: number; cents: string | number }>(
    "select count(*)::int as alerts, coalesce(sum(points_cents), 0)::int8 as cents from guard_alert where state = 'open'",
  );
  return { alerts: rows[0]?.alerts ?? 0, pointsCents: Number(rows[0]?.cents ?? 0) };
}

/** By primary key. */
export async function readAlert(pool: Pool, alertId: string): Promise<Alert | undefined> {
  const { rows } = await pool.query<Row>("select * from guard_alert where alert_id = $1", [alertId]);
  return rows[0] && toAlert(rows[0]);
}

export type AlertDecision = {
  readonly state: "released" | "taken-back";
  readonly at: EpochMs;
  readonly by: string;
  readonly note: string;
  /** The operation that did it; none where there was nothing left to do. */
  readonly operation?: { readonly member: number; readonly seq: number };
};

/** Notes a decision once, whoever comes second; by primary key. */
export async function decideAlert(pool: Pool, alertId: string, decision: AlertDecision): Promise<Alert | undefined> {
  await pool.query(
    `update guard_alert set state = $2, decided_at = $3, decided_by = $4, note = $5, decision_member = $6, decision_seq = $7
     where alert_id = $1 and state = 'open'`,
    [
      alertId,
      decision.state,
      new Date(decision.at),
      decision.by,
      decision.note,
      decision.operation?.member ?? null,
      decision.operation?.seq ?? null,
    ],
  );
  return readAlert(pool, alertId);
}
