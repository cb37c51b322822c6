import type { Pool } from "pg";
import { invariant } from "#kernel/invariant.ts";
import type { EpochMs } from "#kernel/time.ts";
import { hashOf } from "../core/document/canonical.ts";
import type { ProgrammeDocument } from "../core/document/schema.ts";

export type StoredVersion = {
  readonly version: number;
  readonly document: ProgrammeDocument;
  readonly hash: string;
  readonly effectiveFromAt: EpochMs;
  readonly appliedAt: EpochMs;
  readonly appliedBy: string;
  readonly comment: string;
};

/** By primary key, a few rows of perhaps a megabyte each; `$1` is the last version already known. */
const READ_VERSIONS = `
select version, document::text as document, hash, effective_from, applied_at, applied_by, comment
from programme_version where version > $1 order by version`;

type VersionRow = {
  version: number;
  document: string;
  hash: string;
  effective_from: Date;
  applied_at: Date;
  applied_by: string;
  comment: string;
};

/** Versions after `afterVersion`, in order. A row whose document is not what was hashed when it was applied throws. */
export async function readVersions(pool: Pool, afterVersion: number): Promise<StoredVersion[]> {
  const { rows } = await pool.query<VersionRow>(READ_VERSIONS, [afterVersion]);
  return rows.map(toVersion);
}

/** Backwards along the primary key: one index page. */
const LATEST_VERSION = "select coalesce(max(version), 0) as version from programme_version";

export async function readLatestNumber(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ version: number }>(LATEST_VERSION);
  return rows[0]?.version ?? 0;
}

/**
 * Compare-and-set: inserts only while the latest version is still `$1`. Two at once meet at the primary key: the second
 * waits for the first and gets 23505.
 */
const INSERT_VERSION = `
insert into programme_version (version, document, hash, effective_from, applied_at, applied_by, comment)
select $1::integer + 1, $2, $3, $4, $5, $6, $7
where (select coalesce(max(version), 0) from programme_version) = $1
returning version`;

/** The new version's number; undefined when another was applied since `previous` was read. */
export async function insertVersion(
  pool: Pool,
  previous: number,
  row: Omit<StoredVersion, "version" | "document"> & { readonly canonical: string },
): Promise<number | undefined> {
  try {
    const { rows } = await pool.query<{ version: number }>(INSERT_VERSION, [
      previous,
      row.canonical,
      row.hash,
      new Date(row.effectiveFromAt),
      new Date(row.appliedAt),
      row.appliedBy,
      row.comment,
    ]);
    return rows[0]?.version;
  } catch (error) {
    if ((error as { code?: string }).code === "23505") return undefined;
    throw error;
  }
}

function toVersion(row: VersionRow): StoredVersion {
  invariant(hashOf(row.document) === row.hash, `programme version ${row.version} is as it was applied`);
  return {
    version: row.version,
    document: JSON.parse(row.document) as ProgrammeDocument,
    hash: row.hash,
    effectiveFromAt: row.effective_from.getTime(),
    appliedAt: row.applied_at.getTime(),
    appliedBy: row.applied_by,
    comment: row.comment,
  };
}
