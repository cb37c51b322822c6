import type { ClientBase } from "pg";

/** Begins a reading transaction that sees what the exported snapshot sees; sorts of a range fit into memory. */
export async function openSnapshot(client: ClientBase, snapshot: string): Promise<void> {
  if (!/^[0-9A-F-]+$/.test(snapshot)) throw new TypeError("not a snapshot's name");
  await client.query("begin isolation level repeatable read read only");
  await client.query(`set transaction snapshot '${snapshot}'`);
  await client.query("set local work_mem = '256MB'");
}

export type ExportedSnapshot = { readonly snapshot: string; readonly operations: number };

/** Begins a reading transaction and exports its snapshot, with about how many operations there are. */
export async function exportSnapshot(client: ClientBase): Promise<ExportedSnapshot> {
  await client.query("begin isolation level repeatable read read only");
  const { rows } = await client.query<{ snapshot: string; operations: number }>(
    `select pg_export_snapshot() as snapshot,
            (select greatest(reltuples, 0)::int8 from pg_class where oid = 'operation'::regclass) as operations`,
  );
  return rows[0] as ExportedSnapshot;
}
