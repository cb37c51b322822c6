import type { MemberId } from "#kernel/ids.ts";

/** What is known of the two sides of an invitation. */
export type GuardFacts = {
  readonly inviter: MemberId;
  readonly invited: MemberId;
  /** Whether the invited has bought or told anything before the invitation was accepted. */
  readonly isNew: boolean;
  /** Whether the inviter has a purchase of its own. */
  readonly isInviterReal: boolean;
  /** Kinds of identifiers that both have or claim: a phone, an e-mail. */
  readonly shared: readonly string[];
  /** What ties them to one household: an address, a surname at an address. */
  readonly household: readonly string[];
  /** Whether the device or card of the acceptance is the inviter's, or has accepted another invitation. */
  readonly isMarkKnown: boolean;
  /** Who invited the inviter, who invited that one, and so on up. */
  readonly ancestors: readonly MemberId[];
  /** Whether the inviter itself came by an invitation that has not been rewarded. */
  readonly isInviterUnproven: boolean;
  readonly onHousehold: "allow" | "refuse";
};

export type ReferralRefusal =
  | "self"
  | "not-new"
  | "shared-identifier"
  | "shared-device"
  | "household"
  | "loop"
  | "inviter-not-real"
  | "chain"
  | "month-limit";

/** Why an invitation is not rewarded; undefined when nothing speaks against it. Pure. */
export function refusalOf(facts: GuardFacts): ReferralRefusal | undefined {
  if (facts.inviter === facts.invited) return "self";
  if (!facts.isNew) return "not-new";
  if (facts.shared.length > 0) return "shared-identifier";
  if (facts.isMarkKnown) return "shared-device";
  if (facts.ancestors.includes(facts.invited)) return "loop";
  if (facts.household.length > 0 && facts.onHousehold === "refuse") return "household";
  if (!facts.isInviterReal) return "inviter-not-real";
  return facts.isInviterUnproven ? "chain" : undefined;
}
