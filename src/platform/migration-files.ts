import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export type MigrationFile = {
  readonly version: number;
  /** File name without `.sql`. */
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
};

/** A sentence for a person: why the schema is not brought up to date. */
export class MigrationError extends Error {
  override name = "MigrationError";
}

/** The project's own migrations. */
export function migrationsFolder(engine: "postgres" | "clickhouse"): string {
  return fileURLToPath(new URL(`../../migrations/${engine}`, import.meta.url));
}

/** Files `NNNNNN-name.sql` of a folder, by number. Throws MigrationError for a misnamed file or a number used twice. */
export function readMigrations(folder: string): MigrationFile[] {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith(".sql"))
    .sort();
  let previous = 0;
  return files.map((file) => {
    const match = /^(\d{6})-[a-z0-9-]+\.sql$/.exec(file);
    if (match === null) throw new MigrationError(`Migration ${file} must be named like 000001-name.sql.`);
    const version = Number(match[1]);
    if (version === previous) throw new MigrationError(`Two migrations have the number ${match[1]}.`);
    previous = version;
    const sql = readFileSync(join(folder, file), "utf8").replaceAll("\r\n", "\n");
    return { version, name: file.slice(0, -".sql".length), sql, checksum: checksumOf(sql) };
  });
}

export function checksumOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

export const migrationFaults = {
  edited: (name: string) =>
    new MigrationError(
      `Migration ${name} was edited after it had been applied to this database. Restore the file and put the change into a new migration.`,
    ),
  unknown: (name: string) =>
    new MigrationError(
      `This database has the migration ${name}, which this version of Dolka does not know: it was made by a newer one.`,
    ),
  outOfOrder: (name: string, latest: string) =>
    new MigrationError(`Migration ${name} comes before ${latest}, which is already applied. Give it the next number.`),
};
