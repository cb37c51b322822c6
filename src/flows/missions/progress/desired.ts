import { endOf, type Given, type MissionTerms, type Progress } from "#domains/missions/index.ts";
import type { Calendar, EpochMs } from "#kernel/time.ts";

/** What should hold of a mission's reward: a function of when the goal was reached. */
export type Desired =
  | { readonly kind: "nothing" }
  | { readonly kind: "boost"; readonly from: EpochMs; readonly until: EpochMs | undefined }
  | { readonly kind: "points"; readonly cents: number };

export function desiredOf(mission: MissionTerms, done: Progress["done"] | undefined, calendar: Calendar): Desired {
  if (done === undefined) return { kind: "nothing" };
  const { reward } = mission;
  if (reward.kind === "points") return { kind: "points", cents: reward.cents };
  return { kind: "boost", from: done.at, until: endOf(done.at, reward.lasts, calendar) };
}

/** Whether what is given differs from what should hold. Points once given stay, whenever the goal was reached. */
export function isDue(
  mission: MissionTerms,
  done: Progress["done"] | undefined,
  given: Given | undefined,
  calendar: Calendar,
): boolean {
  const desired = desiredOf(mission, done, calendar);
  if (desired.kind === "nothing") return given !== undefined;
  if (given === undefined) return true;
  return desired.kind === "boost" && (given.from !== desired.from || (given.until ?? undefined) !== desired.until);
}
