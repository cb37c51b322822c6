import { type AudienceView, isAmong } from "#domains/publishing/index.ts";
import type { PartnerId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";
import type { MissionTerms } from "../terms.ts";

/** What missions may know of a member. */
export type MemberView = AudienceView & {
  /** The first receipt or event of each partner. */
  readonly firstAt: (partner: PartnerId) => EpochMs | undefined;
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
