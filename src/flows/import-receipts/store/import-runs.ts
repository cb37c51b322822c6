import type { Pool } from "pg";
import type { EpochMs } from "#kernel/time.ts";

export type ImportRun<P, C> = {
  readonly state: "running" | "done";
  readonly position: P | undefined;
  readonly rowsAccepted: number;
  readonly rowsRefused: number;
  readonly counters: C;
  readonly refusedBytes: number;
};

export async function readRun<P, C>(pool: Pool, importId: string): Promise<ImportRun<P, C> | undefined> {
  const { rows } = await pool.query(
    `select state, position, rows_accepted, rows_refused, counters, refused_bytes from import_run where import_id = $1`,
    [importId],
  );
  const row = rows[0];
  if (!row) return undefined;
  return {
    state: row.state,
    position: row.position ?? undefined,
    rowsAccepted: Number(row.rows_accepted),
    rowsRefused: Number(row.rows_refused),
    counters: row.counters,
    refusedBytes: Number(row.refused_bytes),
  };
}

/** One row by primary key; the last writer wins, since one import of a file runs at a time (the home's lock). */
export async function saveRun<P, C>(
  pool: Pool,
  run: ImportRun<P, C> & { readonly importId: string; readonly kind: string; readonly fileName: string },
  at: EpochMs,
): Promise<void> {
  await pool.query(
    `insert into import_run (import_id, kind, file_name, state, position, rows_accepted, rows_refused, counters,
                             refused_bytes, started_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
     on conflict (import_id) do update set state = excluded.state, position = excluded.position,
       rows_accepted = excluded.rows_accepted, rows_refused = excluded.rows_refused, counters = excluded.counters,
       refused_bytes = excluded.refused_bytes, updated_at = excluded.updated_at`,
    [
      run.importId,
      run.kind,
      run.fileName,
      run.state,
      run.position === undefined ? null : JSON.stringify(run.position),
      run.rowsAccepted,
      run.rowsRefused,
      JSON.stringify(run.counters),
      run.refusedBytes,
      new Date(at),
    ],
  );
}
