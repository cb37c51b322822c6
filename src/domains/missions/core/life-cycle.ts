import { err, ok, type Result } from "#kernel/result.ts";
import type { EpochMs } from "#kernel/time.ts";

/** draft → (forecast, approval by another person) → live ⇄ paused → ended. */
export type MissionState = "draft" | "live" | "paused" | "ended";
export type MissionAction = "draft" | "edit" | "forecast" | "approve" | "pause" | "resume" | "end";

export type LifeFailure =
  | { readonly code: "mission-state"; readonly state: MissionState; readonly action: MissionAction }
  | { readonly code: "mission-needs-forecast" }
  | { readonly code: "mission-own-approval"; readonly editedBy: string }
  | { readonly code: "mission-over" };

const FROM: Record<MissionAction, readonly MissionState[]> = {
  draft: [],
  edit: ["draft"],
  forecast: ["draft"],
  approve: ["draft"],
  pause: ["live"],
  resume: ["paused"],
  end: ["live", "paused", "draft"],
};

const TO: Partial<Record<MissionAction, MissionState>> = {
  approve: "live",
  pause: "paused",
  resume: "live",
  end: "ended",
};

type Living = {
  readonly state: MissionState;
  readonly editedBy: string;
  readonly hash: string;
  readonly forecast?: { readonly hash: string };
  readonly liveSpans: readonly (readonly [EpochMs, EpochMs | null])[];
};

/** What an action makes of a mission; spans of being live are opened and closed by it. `endsAt` is its period's end. */
export function act(
  mission: Living,
  action: MissionAction,
  who: string,
  now: EpochMs,
  endsAt: EpochMs,
): Result<Pick<Living, "state" | "liveSpans">, LifeFailure> {
  const { state, liveSpans } = mission;
  if (!FROM[action].includes(state)) return err({ code: "mission-state", state, action });
  const next = TO[action] ?? state;
  if (action === "approve") {
    if (mission.forecast?.hash !== mission.hash) return err({ code: "mission-needs-forecast" });
    if (mission.editedBy === who) return err({ code: "mission-own-approval", editedBy: mission.editedBy });
  }
  if ((action === "approve" || action === "resume") && now >= endsAt) return err({ code: "mission-over" });
  if (next === "live" && state !== "live") return ok({ state: next, liveSpans: [...liveSpans, [now, null]] });
  if (next !== "live" && state === "live") {
    const closed = liveSpans.map(([from, until]) => [from, until ?? now] as const);
    return ok({ state: next, liveSpans: closed });
  }
  return ok({ state: next, liveSpans });
}
