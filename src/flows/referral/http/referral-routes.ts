import { Type } from "typebox";
import { principalOf } from "#domains/access/http/index.ts";
import type { MaySeeMember } from "#domains/ledger/http/index.ts";
import { formatCode } from "#domains/offers/index.ts";
import type { Referral } from "#domains/referral/index.ts";
import { MemberSchema, toMemberRef } from "#flows/checkout/http/index.ts";
import { type MemberId, memberIds } from "#kernel/ids.ts";
import { err, ok } from "#kernel/result.ts";
import { formatInstant } from "#kernel/time.ts";
import { sendOutcome } from "#platform/http/answer.ts";
import type { App } from "#platform/http/app.ts";
import { operation } from "#platform/http/operation.ts";
import type { Failure } from "#platform/http/problem.ts";
import type { ProblemRegistry } from "#platform/http/problem-registry.ts";
import { sendFailure } from "#platform/http/send.ts";
import { acceptInvitation, readReferrals } from "../accept-invitation.ts";
import type { ReferralDeps } from "../deps.ts";

const Instant = Type.String({ format: "date-time" });
const PLAIN = "^[^\\u0000-\\u001f\\u007f]+$";
const mark = (description: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength: 256, pattern: PLAIN, description }));

const InvitationSchema = Type.Object(
  {
    acceptedAt: Instant,
    state: Type.Enum(["waiting", "holding", "claimed", "rewarded", "refused", "expired", "taking-back", "taken-back"], {
      description:
        "waiting: no real purchase yet; holding: there is one, and it may still be returned; claimed: the reward is on its way.",
    }),
    reason: Type.Optional(
      Type.Enum(
        [
          "self",
          "not-new",
          "shared-identifier",
          "shared-device",
          "household",
          "loop",
          "inviter-not-real",
          "chain",
          "month-limit",
        ],
        { description: "Why it was refused." },
      ),
    ),
    boughtAt: Type.Optional(Instant),
    rewardAt: Type.Optional(
      Type.String({ format: "date-time", description: "When it is rewarded, if it stays bought." }),
    ),
    pointsCents: Type.Optional(Type.Integer({ description: "What this side was given." })),
  },
  { title: "Invitation" },
);

const ReferralsSchema = Type.Object(
  {
    member: Type.String(),
    code: Type.String({ description: "What a new member names; make a link of it." }),
    inviterCents: Type.Integer({ description: "What the inviting member gets for each." }),
    invitedCents: Type.Integer({ description: "What the new member gets." }),
    leastKopecks: Type.Integer({ description: "The first real purchase costs this much or more." }),
    withinDays: Type.Integer(),
    keepDays: Type.Integer(),
    perMonth: Type.Integer(),
    invited: Type.Array(InvitationSchema, { description: "Newest first; nobody's name." }),
    came: Type.Optional(InvitationSchema),
  },
  { title: "Referrals" },
);

const INVITATION = { acceptedAt: "2026-03-05T09:30:00.000Z", state: "waiting" as const };

export const referralOperations = {
  acceptReferral: operation({
    operationId: "acceptReferral",
    tag: "Referral",
    summary: "A new member comes by another's invitation",
    description:
      "What speaks against it is said at once, as state `refused` with its reason. Both sides are rewarded when the first real purchase has stayed bought.",
    body: Type.Object(
      {
        code: Type.String({ minLength: 6, maxLength: 40, description: "The inviter's code." }),
        member: MemberSchema,
        device: mark("The app's id of the device; kept as a keyed hash. One device makes one new member."),
        paymentToken: mark("The card's token, where the app knows it; kept as a keyed hash."),
      },
      { additionalProperties: false, title: "ReferralAcceptance" },
    ),
    status: 201,
    answer: Type.Object({ member: Type.String(), ...InvitationSchema.properties }, { title: "AcceptedInvitation" }),
    problems: ["no-programme", "no-referral", "unknown-member", "unknown-referral-code", "referral-exists"],
    isRepeatable: true,
    example: {
      body: { code: "7KQ2-M4XV-0DGH", member: { kind: "phone", value: "+7 900 000-00-02" }, device: "ios-4f6w" },
      answer: { member: "mem_000000000z9", ...INVITATION },
    },
  }),
  listReferrals: operation({
    operationId: "listReferrals",
    tag: "Referral",
    summary: "Read a member's code, the terms, whom it has invited and how each stands",
    params: Type.Object({ memberId: Type.String({ description: "`mem_…`" }) }),
    status: 200,
    answer: ReferralsSchema,
    problems: ["no-programme", "no-referral", "unknown-member"],
    example: {
      answer: {
        ...{ member: "mem_000000000z8", code: "7KQ2-M4XV-0DGH", inviterCents: 30_000, invitedCents: 20_000 },
        ...{ leastKopecks: 100_000, withinDays: 30, keepDays: 14, perMonth: 5, invited: [INVITATION] },
      },
    },
  }),
};

export type ReferralHttpDeps = ReferralDeps & {
  readonly problems: ProblemRegistry;
  readonly maySeeMember: MaySeeMember;
  readonly findByIdentifier: (kind: string, value: string) => Promise<MemberId | undefined>;
};

export function referralRoutes(deps: ReferralHttpDeps): (app: App) => void {
  const { problems } = deps;
  return (app) => {
    app.post("/v1/referrals", { schema: referralOperations.acceptReferral }, async (request, reply) => {
      const { code, device, paymentToken } = request.body;
      const ref = toMemberRef(request.body.member);
      const shown =
        ref !== "unknown" && ref.by === "identifier" ? await deps.findByIdentifier(ref.kind, ref.value) : undefined;
      const named = ref !== "unknown" && ref.by === "id" ? ref.id : undefined;
      const may = named !== undefined && (await deps.maySeeMember(principalOf(request), named));
      const member = shown ?? (may ? named : undefined);
      const marks = [
        ...(device === undefined ? [] : [{ kind: "device" as const, value: device }]),
        ...(paymentToken === undefined ? [] : [{ kind: "payment" as const, value: paymentToken }]),
      ];
      const accepted =
        member === undefined ? err({ code: "unknown-member" }) : await acceptInvitation(deps, { code, member, marks });
      const outcome = accepted.ok
        ? ok({
            replayed: accepted.value.replayed,
            body: {
              member: memberIds.format(accepted.value.body.root),
              ...invitationJson(accepted.value.body, "invited"),
            },
          })
        : accepted;
      sendOutcome(problems, request, reply, 201, outcome);
    });
    app.get("/v1/members/:memberId/referrals", { schema: referralOperations.listReferrals }, async (request, reply) => {
      const member = memberIds.parse(request.params.memberId);
      const may = member !== undefined && (await deps.maySeeMember(principalOf(request), member));
      const read = may ? await readReferrals(deps, member) : err({ code: "unknown-member" });
      if (!read.ok) return void sendFailure(problems, request, reply, read.failure as Failure);
      const { terms, code, invited, came } = read.value;
      const { inviterCents, invitedCents, leastKopecks, withinDays, keepDays, perMonth } = terms;
      const [own] = came;
      reply.send({
        member: memberIds.format(read.value.member),
        code: formatCode(code),
        ...{ inviterCents, invitedCents, leastKopecks, withinDays, keepDays, perMonth },
        invited: invited.map((each) => invitationJson(each, "inviter")),
        ...(own === undefined ? {} : { came: invitationJson(own, "invited") }),
      });
    });
  };
}

function invitationJson(referral: Referral, side: "inviter" | "invited") {
  const { acceptedAt, state, reason, qualifiedAt, dueAt, given } = referral;
  return {
    acceptedAt: formatInstant(acceptedAt),
    state,
    ...(reason === undefined ? {} : { reason: reason as "self" }),
    ...(qualifiedAt === undefined ? {} : { boughtAt: formatInstant(qualifiedAt) }),
    ...(state === "holding" && dueAt !== undefined ? { rewardAt: formatInstant(dueAt) } : {}),
    ...(given === undefined ? {} : { pointsCents: given[side][2] }),
  };
}
