import { endOf, type MissionTerms, type Progress } from "#domains/missions/index.ts";
import type { Desired } from "#domains/rewards/index.ts";
import type { Calendar } from "#kernel/time.ts";

/** What should hold of a mission's reward: a function of when the goal was reached. Undefined for nothing. */
export function desiredOf(
  mission: MissionTerms,
  done: Progress["done"] | undefined,
  calendar: Calendar,
): Desired | undefined {
  if (done === undefined) return undefined;
  const { reward } = mission;
  if (reward.kind === "points") return { kind: "points", cents: reward.cents };
  return { kind: "boost", key: reward.key, from: done.at, until: endOf(done.at, reward.lasts, calendar) ?? null };
}
