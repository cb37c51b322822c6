import type { Pool } from "pg";
import { type MigrationFile, migrationFaults, migrationsFolder, readMigrations } from "#platform/migration-files.ts";
import { transaction } from "./transaction.ts";

type Applied = { version: number; name: string; checksum: string };

/**
 * Brings the schema up to date: each file in a transaction of its own, recorded with its checksum. Two that start at
 * once don't race: each takes the table's lock and looks again. Returns the names it applied. Throws MigrationError
 * when an applied file was edited, is missing here, or a new one comes before it; and what PostgreSQL says otherwise.
 */
export async function migratePostgres(
  pool: Pool,
  folder: string = migrationsFolder("postgres"),
  onApplied: (name: string) => void = () => {},
): Promise<string[]> {
  const files = readMigrations(folder);
  await createRecord(pool);
  const applied: string[] = [];
  for (const file of pending(files, await readApplied(pool))) {
    const isNew = await transaction(pool, async (client) => {
      await client.query("lock table schema_migration in share row exclusive mode");
      const known = await client.query("select 1 from schema_migration where version = $1", [file.version]);
      if (known.rowCount !== 0) return false;
      await client.query(file.sql);
      await client.query("insert into schema_migration (version, name, checksum, applied_at) values ($1, $2, $3, $4)", [
        file.version,
        file.name,
        file.checksum,
        new Date(),
      ]);
      return true;
    });
    if (!isNew) continue;
    applied.push(file.name);
    onApplied(file.name);
  }
  return applied;
}

async function createRecord(pool: Pool): Promise<void> {
  const sql = `
    create table if not exists schema_migration (
      version    integer primary key,
      name       text not null,
      checksum   text not null,
      applied_at timestamptz not null
    );
    comment on table schema_migration is 'Files of migrations/postgres that were applied, with the SHA-256 of their text.';`;
  try {
    await pool.query(sql);
  } catch (error) {
    // "if not exists" still loses a race: 23505 or 42710 on pg_type, 42P07, or XX000 "tuple concurrently updated" by the comment.
    if (!/^(23505|42710|42P07|XX000)$/.test((error as { code?: string }).code ?? "")) throw error;
    await pool.query("select 1 from schema_migration limit 1");
  }
}

/** Reads the record in order of version; a few rows. */
async function readApplied(pool: Pool): Promise<Applied[]> {
  const result = await pool.query<Applied>("select version, name, checksum from schema_migration order by version");
  return result.rows;
}

function pending(files: readonly MigrationFile[], applied: readonly Applied[]): MigrationFile[] {
  const byVersion = new Map(files.map((file) => [file.version, file]));
  for (const { version, name, checksum } of applied) {
    const file = byVersion.get(version);
    if (file === undefined) throw migrationFaults.unknown(name);
    if (file.checksum !== checksum) throw migrationFaults.edited(name);
  }
  const latest = applied.at(-1);
  const rest = files.filter((file) => !applied.some(({ version }) => version === file.version));
  const late = rest.find((file) => latest !== undefined && file.version < latest.version);
  if (late !== undefined && latest !== undefined) throw migrationFaults.outOfOrder(late.name, latest.name);
  return rest;
}
