import type { Pool } from "pg";
import type { EpochMs } from "#kernel/time.ts";

/** A version without its document. */
export type VersionSummary = {
  readonly version: number;
  readonly hash: string;
  readonly effectiveFromAt: EpochMs;
  readonly appliedAt: EpochMs;
  readonly appliedBy: string;
  readonly comment: string;
};

/** By primary key, backwards: newest first. */
const LIST = `
select version, hash, effective_from, applied_at, applied_by, comment
from programme_version where version < $1 order by version desc limit $2`;

type Row = {
  version: number;
  hash: string;
  effective_from: Date;
  applied_at: Date;
  applied_by: string;
  comment: string;
};

/** Versions before `beforeVersion`, newest first. */
export async function listVersions(pool: Pool, beforeVersion: number, limit: number): Promise<VersionSummary[]> {
  const { rows } = await pool.query<Row>(LIST, [beforeVersion, limit]);
  return rows.map((row) => ({
    version: row.version,
    hash: row.hash,
    effectiveFromAt: row.effective_from.getTime(),
    appliedAt: row.applied_at.getTime(),
    appliedBy: row.applied_by,
    comment: row.comment,
  }));
}
