import {
  act,
  type LifeFailure,
  lockMission,
  logMission,
  type MissionAction,
  type MissionDocument,
  periodOf,
  programmeParts,
  putMission,
  readMission,
  type StoredMission,
} from "#domains/missions/index.ts";
import { applyProgramme, canonicalJson, formatProgrammeError } from "#domains/program/index.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import type { ManageDeps } from "./draft-missions.ts";

export type StateRequest = {
  readonly mission: string;
  readonly action: Exclude<MissionAction, "draft" | "edit" | "forecast">;
  readonly who: string;
  readonly comment: string;
  /** The partner that asks; any unless given. */
  readonly partner?: string;
};

export type StateFailure =
  | LifeFailure
  | { readonly code: "unknown-mission" }
  | { readonly code: "no-programme" }
  /** Someone else applied a programme meanwhile: ask again. */
  | { readonly code: "programme-conflict"; readonly latestVersion: number }
  | { readonly code: "mission-unfit"; readonly reason: string };

/**
 * Approves, pauses, resumes or ends a mission. Approving brings the mission's boost into the programme as its next
 * version first: until the mission is live nobody can win it, so a crash between the two leaves a rule that never fits.
 */
export async function changeMissionState(
  deps: ManageDeps,
  request: StateRequest,
): Promise<Result<StoredMission, StateFailure>> {
  await deps.programmes.refresh?.();
  if (!deps.programmes.latest) return err({ code: "no-programme" });
  const seen = await readMission(deps.pool, request.mission);
  if (!isVisible(seen, request)) return err({ code: "unknown-mission" });
  if (request.action === "approve") {
    const judged = judge(deps, seen, request);
    if (!judged.ok) return judged;
    const applied = await bringIntoProgramme(deps, seen.id, seen.document, request.who);
    if (!applied.ok) return applied;
  }
  return transaction(deps.pool, async (client) => {
    const mission = await lockMission(client, request.mission);
    if (!isVisible(mission, request)) return err({ code: "unknown-mission" } as const);
    // Edited since it was looked at: the new revision has neither forecast nor rule.
    if (request.action === "approve" && mission.hash !== seen.hash)
      return err({ code: "mission-needs-forecast" } as const);
    const judged = judge(deps, mission, request);
    if (!judged.ok) return judged;
    const changed: StoredMission = { ...mission, ...judged.value };
    await putMission(client, changed);
    const { who, action, comment } = request;
    const { revision, hash } = mission;
    await logMission(client, mission.id, { at: deps.clock.now(), who, action, revision, hash, comment });
    return ok(changed);
  });
}

function isVisible(mission: StoredMission | undefined, { partner }: StateRequest): mission is StoredMission {
  return mission !== undefined && (partner === undefined || mission.partner === partner);
}

function judge(deps: ManageDeps, mission: StoredMission, { action, who }: StateRequest) {
  const { calendar } = deps.programmes.current();
  return act(mission, action, who, deps.clock.now(), periodOf(mission.document, calendar).untilAt);
}

async function bringIntoProgramme(
  deps: ManageDeps,
  id: string,
  mission: MissionDocument,
  who: string,
): Promise<Result<undefined, StateFailure>> {
  const parts = programmeParts(id, mission);
  const latest = deps.programmes.latest;
  if (parts === undefined || latest === undefined) return ok(undefined);
  const { document, version } = latest;
  const whole = {
    ...document,
    boosts: { ...document.boosts, ...parts.boosts },
    caps: { ...document.caps, ...parts.caps },
    rules: { ...document.rules, ...parts.rules },
  };
  const applied = await applyProgramme(deps, {
    file: { text: canonicalJson(whole), name: `mission ${id}` },
    appliedBy: who,
    comment: `Mission ${id}`,
    expectedVersion: version,
  });
  if (applied.ok) return ok(undefined);
  const { failure } = applied;
  if (failure.code === "programme-conflict") return err(failure);
  const reason =
    failure.code === "programme-invalid" ? failure.errors.map(formatProgrammeError).join("; ") : failure.code;
  return err({ code: "mission-unfit", reason });
}
