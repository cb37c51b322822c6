import { err, ok, type Result } from "#kernel/result.ts";
import type { EpochMs } from "#kernel/time.ts";
import type { FileFault as ProgrammeError } from "#platform/yaml/faults.ts";
import { canonicalJson } from "./core/document/canonical.ts";
import type { ProgrammeDeps } from "./load-programmes.ts";
import { type Plan, planProgramme } from "./plan-programme.ts";
import { insertVersion } from "./store/programme-versions.ts";

export type ApplyRequest = {
  readonly file: { readonly text: string; readonly name: string };
  /** Who applies it, as it goes into the record. */
  readonly appliedBy: string;
  readonly comment: string;
  /** From which time of their own receipts are priced with it; now unless given. */
  readonly effectiveFromAt?: EpochMs;
  /** The version that the caller has seen a plan against; another one meanwhile is a conflict. */
  readonly expectedVersion?: number;
  /** Lets a version begin in the past: late receipts since then are priced with it. */
  readonly mayBackdate?: boolean;
  /** The file names all that missions and offers have brought: what it does not name leaves. */
  readonly isWhole?: boolean;
};

export type Applied = {
  /** The version now applied last: a new one, or the one that the file equals. */
  readonly version: number;
  readonly isNew: boolean;
  readonly effectiveFromAt: EpochMs;
  readonly plan: Plan;
};

export type ApplyFailure =
  | { readonly code: "programme-invalid"; readonly errors: readonly ProgrammeError[] }
  /** Someone else applied `latestVersion` meanwhile. */
  | { readonly code: "programme-conflict"; readonly latestVersion: number }
  | { readonly code: "programme-backdated"; readonly earliestAt: EpochMs };

/**
 * Applies a programme file as the next version. A file that equals the last version changes nothing. Of several at once
 * one succeeds, the others conflict. Fails as ApplyFailure says; nothing is written then.
 */
export async function applyProgramme(
  deps: ProgrammeDeps,
  request: ApplyRequest,
): Promise<Result<Applied, ApplyFailure>> {
  const planned = await planProgramme(deps.pool, request.file, request.isWhole);
  if (!planned.ok) return err({ code: "programme-invalid", errors: planned.failure });
  const plan = planned.value;
  if (request.expectedVersion !== undefined && request.expectedVersion !== plan.baseVersion) {
    return err({ code: "programme-conflict", latestVersion: plan.baseVersion });
  }
  if (plan.isUnchanged && plan.baseEffectiveFromAt !== undefined) {
    return ok({ version: plan.baseVersion, isNew: false, effectiveFromAt: plan.baseEffectiveFromAt, plan });
  }
  const now = deps.clock.now();
  const effectiveFromAt = request.effectiveFromAt ?? now;
  // The first version holds for all time before it anyway.
  if (effectiveFromAt < now && plan.baseVersion > 0 && request.mayBackdate !== true) {
    return err({ code: "programme-backdated", earliestAt: now });
  }
  const version = await insertVersion(deps.pool, plan.baseVersion, {
    canonical: canonicalJson(plan.document),
    hash: plan.hash,
    effectiveFromAt,
    appliedAt: now,
    appliedBy: request.appliedBy,
    comment: request.comment,
  });
  if (version === undefined) return afterConflict(deps, request);
  return ok({ version, isNew: true, effectiveFromAt, plan });
}

/** Whoever was quicker may have applied the same file: then there is nothing to do. */
async function afterConflict(deps: ProgrammeDeps, request: ApplyRequest): Promise<Result<Applied, ApplyFailure>> {
  const planned = await planProgramme(deps.pool, request.file, request.isWhole);
  if (!planned.ok) return err({ code: "programme-invalid", errors: planned.failure });
  const plan = planned.value;
  const { baseVersion: latestVersion, baseEffectiveFromAt: effectiveFromAt } = plan;
  if (!plan.isUnchanged || effectiveFromAt === undefined) return err({ code: "programme-conflict", latestVersion });
  return ok({ version: latestVersion, isNew: false, effectiveFromAt, plan });
}
