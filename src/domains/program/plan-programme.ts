import type { Pool } from "pg";
import { err, ok, type Result } from "#kernel/result.ts";
import type { EpochMs } from "#kernel/time.ts";
import type { FileFault as ProgrammeError } from "#platform/yaml/faults.ts";
import { type Change, diffProgrammes } from "./core/diff/diff.ts";
import { canonicalJson, documentHash } from "./core/document/canonical.ts";
import { carryMissions } from "./core/document/carry.ts";
import { parseProgramme } from "./core/document/parse.ts";
import type { ProgrammeDocument } from "./core/document/schema.ts";
import { readVersions } from "./store/programme-versions.ts";

/** What applying a file would change. */
export type Plan = {
  readonly document: ProgrammeDocument;
  readonly hash: string;
  /** The version that the plan was made against; 0 when none was applied yet. */
  readonly baseVersion: number;
  readonly baseEffectiveFromAt: EpochMs | undefined;
  readonly isUnchanged: boolean;
  readonly changes: readonly Change[];
};

/**
 * Compares a file with the version applied last. Fails with every error of the file. `isWhole`: what missions and offers
 * have brought is in the file, or leaves.
 */
export async function planProgramme(
  pool: Pool,
  file: { readonly text: string; readonly name: string },
  isWhole = false,
): Promise<Result<Plan, readonly ProgrammeError[]>> {
  const parsed = parseProgramme(file.text, file.name);
  if (!parsed.ok) return err(parsed.failure);
  const latest = (await readVersions(pool, 0)).at(-1);
  const whole = isWhole ? parsed.value : carryMissions(parsed.value, latest?.document);
  // What missions brought must still make sense beside the file: a partner that leaves may be named there.
  const checked = whole === parsed.value ? parsed : parseProgramme(canonicalJson(whole), file.name);
  return checked.ok ? ok(await planDocument(pool, checked.value)) : err(checked.failure);
}

export async function planDocument(pool: Pool, document: ProgrammeDocument): Promise<Plan> {
  const latest = (await readVersions(pool, 0)).at(-1);
  const hash = documentHash(document);
  return {
    document,
    hash,
    baseVersion: latest?.version ?? 0,
    baseEffectiveFromAt: latest?.effectiveFromAt,
    isUnchanged: latest?.hash === hash,
    changes: diffProgrammes(latest?.document, document),
  };
}
