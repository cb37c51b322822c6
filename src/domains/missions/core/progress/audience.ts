import type { PartnerId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";
import type { MissionTerms } from "../terms.ts";

type Trait = { readonly kind: string; readonly key: string; readonly fromAt: EpochMs; readonly untilAt?: EpochMs };

/** What missions may know of a member. */
export type MemberView = {
  readonly traits: readonly Trait[];
  /** The first receipt or event of each partner. */
  readonly firstAt: (partner: PartnerId) => EpochMs | undefined;
  /** The level of members without one. */
  readonly lowestLevel: string | undefined;
};

/** Whether the member belongs to a mission's audience at a time; undefined when it never can. */
export function audienceOf(mission: MissionTerms, member: MemberView): ((at: EpochMs) => boolean) | undefined {
  const { segments, levels, newTo } = mission;
  if (newTo !== undefined) {
    const firstAt = member.firstAt(newTo);
    if (firstAt !== undefined && firstAt < mission.beginsAt) return undefined;
  }
  return (at) => isAmong(segments, "segment", member, at) && isAmong(levels, "level", member, at);
}

function isAmong(keys: readonly string[], kind: "segment" | "level", member: MemberView, at: EpochMs): boolean {
  if (keys.length === 0) return true;
  let hasAny = false;
  for (const trait of member.traits) {
    if (trait.kind !== kind || at < trait.fromAt || (trait.untilAt !== undefined && at >= trait.untilAt)) continue;
    if (keys.includes(trait.key)) return true;
    hasAny = true;
  }
  return kind === "level" && !hasAny && member.lowestLevel !== undefined && keys.includes(member.lowestLevel);
}
