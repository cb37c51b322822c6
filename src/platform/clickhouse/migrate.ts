import {
  checksumOf,
  type MigrationFile,
  migrationFaults,
  migrationsFolder,
  readMigrations,
} from "#platform/migration-files.ts";
import { type ClickHouseClient, queryRows } from "./client.ts";

type Applied = { version: number; statement: number; name: string; checksum: string };

/**
 * Brings the warehouse's schema up to date. ClickHouse has no transactions around DDL, so each statement is recorded by
 * itself and a migration that broke off goes on behind its last one. Statements end with `;` at the end of a line.
 * Returns the names of the files it applied. Throws MigrationError when an applied statement was edited, and so on.
 */
export async function migrateClickhouse(
  client: ClickHouseClient,
  folder: string = migrationsFolder("clickhouse"),
  onApplied: (name: string) => void = () => {},
): Promise<string[]> {
  const files = readMigrations(folder);
  await client.command({
    query: `create table if not exists schema_migration (
      version UInt32, statement UInt16, name String, checksum FixedString(64), applied_at DateTime64(3, 'UTC')
    ) engine = MergeTree order by (version, statement)
    comment 'Statements of migrations/clickhouse that were applied, with the SHA-256 of their text.'`,
  });
  const applied = await queryRows<Applied>(
    client,
    "select version, statement, name, checksum from schema_migration order by version, statement",
  );
  requireKnown(files, applied);
  const done: string[] = [];
  for (const file of files) {
    if (await applyFile(client, file, applied)) {
      done.push(file.name);
      onApplied(file.name);
    }
  }
  return done;
}

function requireKnown(files: readonly MigrationFile[], applied: readonly Applied[]): void {
  const known = new Set(files.map((file) => file.version));
  const stranger = applied.find(({ version }) => !known.has(version));
  if (stranger !== undefined) throw migrationFaults.unknown(stranger.name);
  const latest = applied.at(-1);
  const late = files.find(
    (file) =>
      latest !== undefined && file.version < latest.version && !applied.some(({ version }) => version === file.version),
  );
  if (late !== undefined && latest !== undefined) throw migrationFaults.outOfOrder(late.name, latest.name);
}

async function applyFile(client: ClickHouseClient, file: MigrationFile, applied: readonly Applied[]): Promise<boolean> {
  const statements = splitStatements(file.sql);
  const ours = applied.filter(({ version }) => version === file.version);
  for (const { statement, checksum } of ours) {
    const text = statements[statement - 1];
    if (text === undefined || checksumOf(text) !== checksum) throw migrationFaults.edited(file.name);
  }
  for (let i = ours.length; i < statements.length; i++) {
    const text = statements[i] as string;
    await client.command({ query: text });
    await client.insert({
      table: "schema_migration",
      format: "JSONEachRow",
      values: [
        {
          version: file.version,
          statement: i + 1,
          name: file.name,
          checksum: checksumOf(text),
          applied_at: new Date().toISOString(),
        },
      ],
    });
  }
  return ours.length < statements.length;
}

/** Statements of a file: each ends with `;` at the end of a line that is no comment. What holds comments only is none. */
export function splitStatements(sql: string): string[] {
  const statements: string[] = [];
  let lines: string[] = [];
  const finish = () => {
    const text = lines.join("\n").trim();
    if (text.replace(/--.*$/gm, "").trim() !== "") statements.push(text);
    lines = [];
  };
  for (const line of sql.split("\n")) {
    const isEnd = !line.trimStart().startsWith("--") && /;\s*$/.test(line);
    lines.push(isEnd ? line.replace(/;\s*$/, "") : line);
    if (isEnd) finish();
  }
  finish();
  return statements;
}
