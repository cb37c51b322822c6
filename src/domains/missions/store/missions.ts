import type { ClientBase, Pool } from "pg";
import type { PartnerId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";
import type { MissionDocument } from "../core/document/schema.ts";
import type { Forecast } from "../core/forecast.ts";
import type { MissionAction, MissionState } from "../core/life-cycle.ts";

export type StoredMission = {
  readonly id: string;
  readonly partner: PartnerId;
  readonly state: MissionState;
  readonly revision: number;
  readonly document: MissionDocument;
  readonly hash: string;
  readonly editedBy: string;
  readonly editedAt: EpochMs;
  readonly forecast?: Forecast;
  /** [from, until or null] */
  readonly liveSpans: readonly (readonly [EpochMs, EpochMs | null])[];
};

export type LogEntry = {
  readonly at: EpochMs;
  readonly who: string;
  readonly action: MissionAction;
  readonly revision: number;
  readonly hash: string;
  readonly comment: string;
};

type Row = {
  id: string;
  partner: string;
  state: MissionState;
  revision: number;
  document: MissionDocument;
  hash: string;
  edited_by: string;
  edited_at: Date;
  forecast: Forecast | null;
  live_spans: [number, number | null][];
};

const COLUMNS = "id, partner, state, revision, document, hash, edited_by, edited_at, forecast, live_spans";

/** Whole table in the order of its key: a few hundred rows. */
export async function listMissions(client: ClientBase | Pool): Promise<StoredMission[]> {
  const { rows } = await client.query<Row>(`select ${COLUMNS} from mission order by id`);
  return rows.map(toMission);
}

/** By primary key. */
export async function readMission(client: ClientBase | Pool, id: string): Promise<StoredMission | undefined> {
  const { rows } = await client.query<Row>(`select ${COLUMNS} from mission where id = $1`, [id]);
  return rows[0] && toMission(rows[0]);
}

/** By primary key, locked until the transaction ends: changes of one mission come one after the other. */
export async function lockMission(client: ClientBase, id: string): Promise<StoredMission | undefined> {
  const { rows } = await client.query<Row>(`select ${COLUMNS} from mission where id = $1 for update`, [id]);
  return rows[0] && toMission(rows[0]);
}

/** By primary key. Inserts a draft, or changes the one that is locked. */
const PUT = `
insert into mission (id, partner, state, revision, document, hash, edited_by, edited_at, forecast, live_spans)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict (id) do update set
  partner = excluded.partner, state = excluded.state, revision = excluded.revision, document = excluded.document,
  hash = excluded.hash, edited_by = excluded.edited_by, edited_at = excluded.edited_at,
  forecast = excluded.forecast, live_spans = excluded.live_spans`;

export async function putMission(client: ClientBase, mission: StoredMission): Promise<void> {
  await client.query(PUT, [
    mission.id,
    mission.partner,
    mission.state,
    mission.revision,
    JSON.stringify(mission.document),
    mission.hash,
    mission.editedBy,
    new Date(mission.editedAt),
    mission.forecast === undefined ? null : JSON.stringify(mission.forecast),
    JSON.stringify(mission.liveSpans),
  ]);
}

/** The next entry of a mission whose row is locked, by primary key. */
const LOG = `
insert into mission_log (mission, entry, at, who, action, revision, hash, comment)
select $1, coalesce(max(entry), 0) + 1, $2, $3, $4, $5, $6, $7 from mission_log where mission = $1`;

export async function logMission(client: ClientBase, id: string, entry: LogEntry): Promise<void> {
  const { at, who, action, revision, hash, comment } = entry;
  await client.query(LOG, [id, new Date(at), who, action, revision, hash, comment]);
}

/** By primary key. */
const READ_LOG = `
select at, who, action, revision, hash, comment from mission_log where mission = $1 order by entry`;

export async function readMissionLog(pool: Pool, id: string): Promise<LogEntry[]> {
  const { rows } = await pool.query<Omit<LogEntry, "at"> & { at: Date }>(READ_LOG, [id]);
  return rows.map((row) => ({ ...row, at: row.at.getTime() }));
}

function toMission(row: Row): StoredMission {
  return {
    id: row.id,
    partner: row.partner,
    state: row.state,
    revision: row.revision,
    document: row.document,
    hash: row.hash,
    editedBy: row.edited_by,
    editedAt: row.edited_at.getTime(),
    ...(row.forecast === null ? {} : { forecast: row.forecast }),
    liveSpans: row.live_spans,
  };
}
