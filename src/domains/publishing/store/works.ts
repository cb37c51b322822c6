import type { ClientBase, Pool } from "pg";
import type { PartnerId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";
import type { LifeAction, LifeState, Published } from "../core/life-cycle.ts";

/** A mission, an offer or a promo as it is stored: what its author wrote, and where it stands. */
export type StoredWork<Document, Forecast> = {
  readonly id: string;
  readonly partner: PartnerId;
  readonly state: LifeState;
  readonly revision: number;
  readonly document: Document;
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
  readonly action: LifeAction;
  readonly revision: number;
  readonly hash: string;
  readonly comment: string;
};

type Row<Document, Forecast> = {
  id: string;
  partner: string;
  state: LifeState;
  revision: number;
  document: Document;
  hash: string;
  edited_by: string;
  edited_at: Date;
  forecast: Forecast | null;
  live_spans: [number, number | null][];
};

const COLUMNS = "id, partner, state, revision, document, hash, edited_by, edited_at, forecast, live_spans";

export type WorkStore<Document, Forecast> = ReturnType<typeof workStore<Document, Forecast>>;

/** The statements over `mission` and `mission_log`, `offer` and `offer_log`, `promotion` and `promotion_log`: one shape each. */
export function workStore<Document, Forecast>(table: Published) {
  type Stored = StoredWork<Document, Forecast>;
  type Client = ClientBase | Pool;
  const find = async (client: Client, where: string, values: unknown[]): Promise<Stored[]> => {
    const { rows } = await client.query<Row<Document, Forecast>>(`select ${COLUMNS} from ${table} ${where}`, values);
    return rows.map((row) => toWork(row));
  };
  /** By primary key. Inserts a draft, or changes the one that is locked. */
  const put = `
insert into ${table} (id, partner, state, revision, document, hash, edited_by, edited_at, forecast, live_spans)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict (id) do update set
  partner = excluded.partner, state = excluded.state, revision = excluded.revision, document = excluded.document,
  hash = excluded.hash, edited_by = excluded.edited_by, edited_at = excluded.edited_at,
  forecast = excluded.forecast, live_spans = excluded.live_spans`;
  /** The next entry of a work whose row is locked, by primary key. */
  const log = `
insert into ${table}_log (${table}, entry, at, who, action, revision, hash, comment)
select $1, coalesce(max(entry), 0) + 1, $2, $3, $4, $5, $6, $7 from ${table}_log where ${table} = $1`;
  /** By primary key. */
  const readLog = `
select at, who, action, revision, hash, comment from ${table}_log where ${table} = $1 order by entry`;
  return {
    /** Whole table in the order of its key: a few hundred rows. */
    list: (client: Client): Promise<Stored[]> => find(client, "order by id", []),
    /** By primary key. */
    read: async (client: Client, id: string): Promise<Stored | undefined> =>
      (await find(client, "where id = $1", [id]))[0],
    /** By primary key, locked until the transaction ends: changes of one work come one after the other. */
    lock: async (client: ClientBase, id: string): Promise<Stored | undefined> =>
      (await find(client, "where id = $1 for update", [id]))[0],
    put: async (client: ClientBase, work: Stored): Promise<void> => {
      await client.query(put, [
        work.id,
        work.partner,
        work.state,
        work.revision,
        JSON.stringify(work.document),
        work.hash,
        work.editedBy,
        new Date(work.editedAt),
        work.forecast === undefined ? null : JSON.stringify(work.forecast),
        JSON.stringify(work.liveSpans),
      ]);
    },
    log: async (client: ClientBase, id: string, entry: LogEntry): Promise<void> => {
      const { at, who, action, revision, hash, comment } = entry;
      await client.query(log, [id, new Date(at), who, action, revision, hash, comment]);
    },
    readLog: async (client: Client, id: string): Promise<LogEntry[]> => {
      const { rows } = await client.query<Omit<LogEntry, "at"> & { at: Date }>(readLog, [id]);
      return rows.map((row) => ({ ...row, at: row.at.getTime() }));
    },
  };
}

function toWork<Document, Forecast>(row: Row<Document, Forecast>): StoredWork<Document, Forecast> {
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
