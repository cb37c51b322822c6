import { cpus, loadavg, release, totalmem } from "node:os";
import type { Pool } from "pg";

const SETTINGS = [
  "fsync",
  "synchronous_commit",
  "full_page_writes",
  "shared_buffers",
  "max_wal_size",
  "wal_compression",
  "commit_delay",
] as const;

/** Under what a figure was measured; a figure without it means nothing. */
export async function conditions(pool: Pool): Promise<Record<string, unknown>> {
  const { rows } = await pool.query<{ version: string } & Record<string, string>>(
    `select current_setting('server_version') as version, ${SETTINGS.map((name) => `current_setting('${name}') as ${name}`).join(", ")}`,
  );
  const { version, ...settings } = rows[0] as { version: string } & Record<string, string>;
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    os: `${process.platform} ${release()}`,
    node: process.version,
    postgres: version,
    settings,
    loadBefore: loadavg()[0],
    at: new Date().toISOString(),
  };
}
