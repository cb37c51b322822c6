import type { IdentifierKey } from "#domains/identity/index.ts";
import {
  findReferralCode,
  insertReferral,
  invitedBy,
  putReferralCode,
  type Referral,
  type ReferralTerms,
  referralsOf,
  referralTerms,
  refusalOf,
} from "#domains/referral/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import type { ReferralDeps } from "./deps.ts";
import { loadFacts, loadSide } from "./load-facts.ts";

export type ReferralFailure = {
  readonly code: "no-programme" | "unknown-member" | "no-referral" | "unknown-referral-code" | "referral-exists";
};

export type AcceptRequest = {
  readonly code: string;
  readonly member: MemberId;
  /** The device and the card with which it is accepted, where the app knows them. */
  readonly marks: readonly { readonly kind: "device" | "payment"; readonly value: string }[];
};

/**
 * A new member comes by another's invitation. What speaks against it is said at once and stands with the invitation; the
 * same again is the same answer; of two inviters the first has it, unless it was refused.
 */
export async function acceptInvitation(
  deps: ReferralDeps,
  request: AcceptRequest,
): Promise<Result<{ readonly replayed: boolean; readonly body: Referral }, ReferralFailure>> {
  const { pool, programmes, codes, clock } = deps;
  if (!programmes.latest) return err({ code: "no-programme" });
  const terms = referralTerms(programmes.current().document);
  if (terms === undefined) return err({ code: "no-referral" });
  const named = await findReferralCode(pool, codes.keyOf(request.code));
  const inviter = named === undefined ? undefined : await loadSide(pool, named);
  if (named === undefined || !inviter) return err({ code: "unknown-referral-code" });
  const invited = await loadSide(pool, request.member);
  if (!invited) return err({ code: "unknown-member" });
  const known = (await referralsOf(pool, invited.member)).find(({ state, turn }) => state !== "refused" || turn > 0);
  if (known) {
    return known.inviterRoot === inviter.member
      ? ok({ replayed: true, body: known })
      : err({ code: "referral-exists" });
  }
  const now = clock.now();
  const marks: IdentifierKey[] = request.marks.map(({ kind, value }) => deps.identifierKey(kind, value));
  const reason = refusalOf(await loadFacts(pool, inviter, invited, now, terms, marks));
  const referral: Omit<Referral, "root" | "turn"> = {
    member: invited.member,
    inviter: named,
    inviterRoot: inviter.member,
    acceptedAt: now,
    terms,
    ...(reason === undefined ? { state: "waiting", dueAt: now } : { state: "refused", reason }),
  };
  const hashes = marks.map(({ valueHash }) => valueHash);
  const isTaken = await insertReferral(pool, referral, reason === undefined ? hashes : []);
  if (!isTaken) return err({ code: "referral-exists" });
  return ok({ replayed: false, body: { ...referral, root: invited.member, turn: 0 } });
}

export type ReferralView = {
  readonly member: MemberId;
  readonly code: string;
  readonly terms: ReferralTerms;
  readonly invited: readonly Referral[];
  readonly came: readonly Referral[];
};

/** A member's own code, whom it has invited and how each stands, and by whose invitation it came. */
export async function readReferrals(
  deps: ReferralDeps,
  named: MemberId,
): Promise<Result<ReferralView, ReferralFailure>> {
  const { pool, programmes, codes, clock } = deps;
  if (!programmes.latest) return err({ code: "no-programme" });
  const terms = referralTerms(programmes.current().document);
  if (terms === undefined) return err({ code: "no-referral" });
  const side = await loadSide(pool, named);
  if (!side) return err({ code: "unknown-member" });
  const { member } = side;
  const code = codes.make("referral", "member", member);
  await putReferralCode(pool, codes.keyOf(code), member, clock.now());
  const [invited, came] = await Promise.all([invitedBy(pool, member), referralsOf(pool, member)]);
  return ok({ member, code, terms, invited, came });
}
