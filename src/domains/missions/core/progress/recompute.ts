import type { Calendar, EpochMs } from "#kernel/time.ts";
import type { MissionTerms } from "../terms.ts";
import { audienceOf, type MemberView } from "./audience.ts";
import type { Contribution } from "./contribution.ts";
import { evaluate, type Progress } from "./evaluate.ts";

/** Missions that come after others stand behind them, so that one pass computes all. A loop's members keep their order. */
export function inOrderOfNeed(missions: readonly MissionTerms[]): MissionTerms[] {
  const byId = new Map(missions.map((mission) => [mission.id, mission]));
  const ordered: MissionTerms[] = [];
  const seen = new Set<string>();
  const visit = (mission: MissionTerms): void => {
    if (seen.has(mission.id)) return;
    seen.add(mission.id);
    for (const id of mission.after) {
      const before = byId.get(id);
      if (before) visit(before);
    }
    ordered.push(mission);
  };
  for (const mission of missions) visit(mission);
  return ordered;
}

/**
 * A member's progress in every mission that has a contribution of his, by all of his contributions. A mission with
 * prerequisites is done when its own goal and the last of them are; what reached it is whichever came last.
 */
export function recompute(
  ordered: readonly MissionTerms[],
  contributions: ReadonlyMap<string, readonly Contribution[]>,
  member: MemberView,
  calendar: Calendar,
): Map<string, Progress> {
  const all = new Map<string, Progress>();
  for (const mission of ordered) {
    const own = contributions.get(mission.id);
    if (!own) continue;
    const counts = audienceOf(mission, member);
    const progress = evaluate(counts === undefined ? [] : own, mission, calendar, counts);
    all.set(mission.id, withPrerequisites(mission, progress, all));
  }
  return all;
}

function withPrerequisites(mission: MissionTerms, progress: Progress, all: ReadonlyMap<string, Progress>): Progress {
  if (progress.done === undefined || mission.after.length === 0) return progress;
  let done: { at: EpochMs; source: string } = progress.done;
  for (const id of mission.after) {
    const before = all.get(id)?.done;
    if (!before) return { steps: progress.steps };
    if (before.at > done.at) done = before;
  }
  return { ...progress, done };
}
