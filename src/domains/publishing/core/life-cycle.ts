import { err, ok, type Result } from "#kernel/result.ts";
import type { EpochMs } from "#kernel/time.ts";

/** What partners write and others approve; the first word of its problem codes. */
export type Published = "mission" | "offer" | "promotion" | "game";

/** draft → (forecast, approval by another person) → live ⇄ paused → ended. */
export type LifeState = "draft" | "live" | "paused" | "ended";
export type LifeAction = "draft" | "edit" | "forecast" | "approve" | "pause" | "resume" | "end";

export type LifeFailure<Kind extends Published> =
  | { readonly code: `${Kind}-state`; readonly state: LifeState; readonly action: LifeAction }
  | { readonly code: `${Kind}-needs-forecast` }
  | { readonly code: `${Kind}-own-approval`; readonly editedBy: string }
  | { readonly code: `${Kind}-over` };

const FROM: Record<LifeAction, readonly LifeState[]> = {
  draft: [],
  edit: ["draft"],
  forecast: ["draft"],
  approve: ["draft"],
  pause: ["live"],
  resume: ["paused"],
  end: ["live", "paused", "draft"],
};

const TO: Partial<Record<LifeAction, LifeState>> = {
  approve: "live",
  pause: "paused",
  resume: "live",
  end: "ended",
};

export type Living = {
  readonly state: LifeState;
  readonly editedBy: string;
  readonly hash: string;
  readonly forecast?: { readonly hash: string };
  /** [from, until or null]: when it was live. */
  readonly liveSpans: readonly (readonly [EpochMs, EpochMs | null])[];
};

/** What an action makes of a mission, an offer, a promo; spans of being live are opened and closed by it. `endsAt` is its period's end. */
export function act<Kind extends Published>(
  kind: Kind,
  living: Living,
  action: LifeAction,
  who: string,
  now: EpochMs,
  endsAt: EpochMs,
): Result<Pick<Living, "state" | "liveSpans">, LifeFailure<Kind>> {
  const { state, liveSpans } = living;
  if (!FROM[action].includes(state)) return err({ code: `${kind}-state` as const, state, action });
  const next = TO[action] ?? state;
  if (action === "approve") {
    if (living.forecast?.hash !== living.hash) return err({ code: `${kind}-needs-forecast` as const });
    if (living.editedBy === who) return err({ code: `${kind}-own-approval` as const, editedBy: living.editedBy });
  }
  if ((action === "approve" || action === "resume") && now >= endsAt) return err({ code: `${kind}-over` as const });
  if (next === "live" && state !== "live") return ok({ state: next, liveSpans: [...liveSpans, [now, null]] });
  if (next !== "live" && state === "live") {
    const closed = liveSpans.map(([from, until]) => [from, until ?? now] as const);
    return ok({ state: next, liveSpans: closed });
  }
  return ok({ state: next, liveSpans });
}
