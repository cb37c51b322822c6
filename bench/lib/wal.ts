import type { Pool } from "pg";
import { rounded } from "./bench.ts";

type Wal = { records: number; images: number; bytes: number; checkpoints: number };

async function readWal(pool: Pool): Promise<Wal> {
  const { rows } = await pool.query<Record<keyof Wal, string>>(
    `select wal_records::text as records, wal_fpi::text as images, wal_bytes::text as bytes,
            (select (num_timed + num_requested)::text from pg_stat_checkpointer) as checkpoints
     from pg_stat_wal`,
  );
  const row = rows[0] as Record<keyof Wal, string>;
  return {
    records: Number(row.records),
    images: Number(row.images),
    bytes: Number(row.bytes),
    checkpoints: Number(row.checkpoints),
  };
}

/** What is written to the log, and how much of it is whole pages (the first change of a page after a checkpoint). */
export async function startWalMeter(pool: Pool): Promise<{ read(requests: number): Promise<Record<string, number>> }> {
  const before = await readWal(pool);
  return {
    read: async (requests) => {
      const after = await readWal(pool);
      return {
        bytesPerRequest: rounded((after.bytes - before.bytes) / requests),
        recordsPerRequest: rounded((after.records - before.records) / requests, 1),
        pageImagesPerRequest: rounded((after.images - before.images) / requests, 2),
        checkpoints: after.checkpoints - before.checkpoints,
      };
    },
  };
}
