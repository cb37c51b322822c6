import { NEVER } from "#domains/ledger/index.ts";
import { type CompiledProgramme, quantities } from "#domains/program/index.ts";
import {
  changeReferral,
  dueReferrals,
  evaluateReferral,
  type Given,
  lockInvitedBy,
  purchasesSince,
  type Referral,
  type ReferralProgress,
  refusalOf,
} from "#domains/referral/index.ts";
import type { RewardOperationBody } from "#flows/checkout/index.ts";
import { splitByLargestRemainder } from "#kernel/money.ts";
import { addMonths, DAY_MS, type EpochMs, MINUTE_MS, monthOf } from "#kernel/time.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import type { ReferralRunDeps } from "./deps.ts";
import { loadFacts, loadSide, type Side } from "./load-facts.ts";

const AT_ONCE = 100;
/** A reward that a funder can't pay now, or that is stopped, is tried again: it waits, claimed, and nobody loses it. */
const AGAIN_MS = MINUTE_MS;

/**
 * Brings invitations to where purchases and time have brought them. A reward is claimed first, under the lock of the
 * inviter's invitations, then given to both sides by operations whose key is (referral, member, turn, side): a crash on
 * the way leads to the same keys again. Gives the number looked at.
 */
export async function settleReferrals(deps: ReferralRunDeps): Promise<number> {
  const { pool, clock, programmes } = deps;
  if (!programmes.latest) return 0;
  let settled = 0;
  for (;;) {
    const due = await dueReferrals(pool, clock.now(), AT_ONCE);
    let moved = 0;
    for (const referral of due) if (await settleOne(deps, referral)) moved++;
    settled += moved;
    if (due.length < AT_ONCE || moved === 0) return settled;
  }
}

async function settleOne(deps: ReferralRunDeps, referral: Referral): Promise<boolean> {
  const { pool, programmes, clock } = deps;
  const programme = programmes.current();
  // A reward under way is finished before anything else is thought of.
  if (referral.state === "claimed") return give(deps, programme, referral);
  if (referral.state === "taking-back") return takeBack(deps, referral);
  const invited = await loadSide(pool, referral.root);
  const inviter = await loadSide(pool, referral.inviterRoot);
  if (!invited || !inviter) return close(deps, referral);
  const now = clock.now();
  const lateMs = quantities.durationOf(programme.document.policies.lateWindow).count * DAY_MS;
  const purchases = await purchasesSince(pool, invited.tree, referral.acceptedAt, programme.pointValueKopecks);
  const frame = { acceptedAt: referral.acceptedAt, now, lateMs };
  const progress = evaluateReferral(purchases, referral.terms, frame);
  const isSelf = invited.member === inviter.member;
  if (referral.given !== undefined) {
    const isUndone = isSelf || progress.state === "undone";
    if (!isUndone) return changeReferral(pool, referral, without(referral, "dueAt"));
    const begun: Referral = { ...referral, state: "taking-back", turn: referral.turn + 1, dueAt: now };
    return (await changeReferral(pool, referral, begun)) && takeBack(deps, begun);
  }
  if (progress.state === "earned") return claim(deps, programme, referral, progress, { inviter, invited });
  return changeReferral(pool, referral, followed(referral, progress, frame.acceptedAt, lateMs, now));
}

/** A member that was erased: nothing more can come of it. */
async function close({ pool }: ReferralRunDeps, referral: Referral): Promise<boolean> {
  const state = referral.given === undefined ? "expired" : referral.state;
  return changeReferral(pool, referral, { ...without(referral, "dueAt"), state });
}

function followed(
  referral: Referral,
  progress: Exclude<ReferralProgress, { state: "earned" }>,
  acceptedAt: EpochMs,
  lateMs: number,
  now: EpochMs,
): Referral {
  const { qualifiedAt: _, qualifiedBy: __, dueAt: ___, ...bare } = referral;
  if (progress.state === "holding") {
    return { ...bare, state: "holding", qualifiedAt: progress.at, qualifiedBy: progress.by, dueAt: progress.lookAt };
  }
  if (progress.state === "expired") return { ...bare, state: "expired" };
  const lastAt = acceptedAt + referral.terms.withinDays * DAY_MS + lateMs;
  const lookAt = progress.lookAt ?? (now < lastAt ? lastAt : undefined);
  const state = lookAt === undefined ? "expired" : referral.state === "taken-back" ? "taken-back" : "waiting";
  return { ...bare, state, ...(lookAt === undefined ? {} : { dueAt: lookAt }) };
}

type Earned = Extract<ReferralProgress, { state: "earned" }>;
type Sides = { readonly inviter: Side; readonly invited: Side };

async function claim(
  deps: ReferralRunDeps,
  programme: CompiledProgramme,
  referral: Referral,
  { at, by }: Earned,
  { inviter, invited }: Sides,
): Promise<boolean> {
  const { pool, clock } = deps;
  const facts = await loadFacts(pool, inviter, invited, referral.acceptedAt, referral.terms, []);
  const qualified: Referral = { ...without(referral, "dueAt"), qualifiedAt: at, qualifiedBy: by };
  const refuse = (reason: string): Referral => ({ ...qualified, state: "refused", reason });
  const reason = refusalOf(facts);
  if (reason !== undefined) return changeReferral(pool, referral, refuse(reason));
  const claimed: Referral = { ...qualified, state: "claimed", turn: referral.turn + 1, dueAt: clock.now() };
  const month = monthOf(programme.calendar.dayOf(at));
  const next = await transaction(pool, async (client) => {
    const all = await lockInvitedBy(client, inviter.member);
    const rewarded = all.filter(
      (each) =>
        each.member !== referral.member &&
        (each.state === "claimed" || each.state === "rewarded") &&
        each.qualifiedAt !== undefined &&
        monthOf(programme.calendar.dayOf(each.qualifiedAt)) === month,
    );
    const after = rewarded.length < referral.terms.perMonth ? claimed : refuse("month-limit");
    return (await changeReferral(client, referral, after)) ? after : undefined;
  });
  if (next === undefined) return false;
  return next.state === "claimed" ? give(deps, programme, next) : true;
}

async function give(deps: ReferralRunDeps, programme: CompiledProgramme, referral: Referral): Promise<boolean> {
  const { terms, root, inviterRoot } = referral;
  const inviter = await reward(deps, programme, referral, "inviter", inviterRoot, terms.inviterCents);
  const invited = await reward(deps, programme, referral, "invited", root, terms.invitedCents);
  if (inviter === undefined || invited === undefined) {
    return changeReferral(deps.pool, referral, { ...referral, dueAt: deps.clock.now() + AGAIN_MS });
  }
  // Looked at once more: what came back while it was given is found then.
  const rewarded: Referral = { ...referral, state: "rewarded", given: { inviter, invited }, dueAt: deps.clock.now() };
  return changeReferral(deps.pool, referral, rewarded);
}

/** Undefined: not now. A member that was erased gets nothing, and the other side its own. */
async function reward(
  { checkout, clock }: ReferralRunDeps,
  programme: CompiledProgramme,
  { member, turn, terms, qualifiedBy }: Referral,
  side: "inviter" | "invited",
  to: number,
  cents: number,
): Promise<Given | undefined> {
  const now = clock.now();
  const posted = await checkout.reward({
    idempotencyKey: ["referral", member, turn, side],
    member: to,
    partner: programme.operator,
    traits: [],
    earned: {
      availableAt: now,
      expiresAt: expiresAt(programme, terms.expiry, now),
      funders: terms.funders,
      amountCents: splitByLargestRemainder(cents, terms.weights),
    },
    cause: { referral: side, turn, kind: "points", doneBy: qualifiedBy ?? "" },
  });
  if (posted.ok) {
    const operation = posted.value.body;
    return [operation.member, operation.seq, (operation.body as RewardOperationBody).cents];
  }
  return posted.failure.code === "unknown-member" ? [to, 0, 0] : undefined;
}

async function takeBack(deps: ReferralRunDeps, referral: Referral): Promise<boolean> {
  const { terms, given, member, turn } = referral;
  for (const side of ["inviter", "invited"] as const) {
    const [to, seq, cents] = given?.[side] ?? [0, 0, 0];
    if (cents === 0) continue;
    const shares = splitByLargestRemainder(cents, terms.weights);
    const posted = await deps.checkout.reward({
      idempotencyKey: ["referral", member, turn, side],
      member: to,
      partner: deps.programmes.current().operator,
      traits: [],
      takeBack: terms.funders.map((funder, f) => ({ seq, funder, cents: shares[f] as number })),
      cause: { referral: side, turn, kind: "nothing", doneBy: referral.qualifiedBy ?? "" },
    });
    if (!posted.ok && posted.failure.code !== "unknown-member") {
      return changeReferral(deps.pool, referral, { ...referral, dueAt: deps.clock.now() + AGAIN_MS });
    }
  }
  const taken: Referral = { ...without(referral, "given"), state: "taken-back", dueAt: deps.clock.now() };
  return changeReferral(deps.pool, referral, taken);
}

function without<Key extends "dueAt" | "given">(referral: Referral, key: Key): Referral {
  const { [key]: _, ...rest } = referral;
  return rest as Referral;
}

function expiresAt(programme: CompiledProgramme, expiry: string | undefined, now: EpochMs): EpochMs {
  if (expiry === undefined) return programme.defaultLot.times(now).expiresAt ?? NEVER;
  const { unit, count } = quantities.durationOf(expiry);
  const { calendar } = programme;
  const day = calendar.dayOf(now);
  return calendar.startOf((unit === "month" ? addMonths(day, count) : day + count) + 1);
}
