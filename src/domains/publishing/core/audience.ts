import type { EpochMs } from "#kernel/time.ts";

/** What holds of a member for a time, as the ledger keeps it. */
export type HeldTrait = {
  readonly kind: string;
  readonly key: string;
  readonly fromAt: EpochMs;
  readonly untilAt?: EpochMs;
};

/** What an audience may know of a member. */
export type AudienceView = {
  readonly traits: readonly HeldTrait[];
  /** The level of members without one. */
  readonly lowestLevel: string | undefined;
};

/** Whether a member is in one of these segments, on one of these levels, at a time; no keys are everybody's. */
export function isAmong(
  keys: readonly string[],
  kind: "segment" | "level",
  member: AudienceView,
  at: EpochMs,
): boolean {
  if (keys.length === 0) return true;
  let hasAny = false;
  for (const trait of member.traits) {
    if (trait.kind !== kind || at < trait.fromAt || (trait.untilAt !== undefined && at >= trait.untilAt)) continue;
    if (keys.includes(trait.key)) return true;
    hasAny = true;
  }
  return kind === "level" && !hasAny && member.lowestLevel !== undefined && keys.includes(member.lowestLevel);
}
