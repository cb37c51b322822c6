import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { type Principal, principalOf } from "#domains/access/http/index.ts";
import { type MemberId, memberIds } from "#kernel/ids.ts";
import { formatInstant } from "#kernel/time.ts";
import type { App } from "#platform/http/app.ts";
import { readCursor, writeCursor } from "#platform/http/cursor.ts";
import { badCursor } from "#platform/http/field-faults.ts";
import { operation } from "#platform/http/operation.ts";
import type { ProblemRegistry } from "#platform/http/problem-registry.ts";
import { sendFailure } from "#platform/http/send.ts";
import { refuseFields } from "#platform/http/validation.ts";
import type { Profiles } from "../index.ts";
import { showProfile, showWhy } from "./profile-routes.ts";
import { MemberParams, MemberSchema, NoteBody, StepSchema, type WhySchema } from "./schemas.ts";

export type PeopleRouteDeps = {
  readonly problems: ProblemRegistry;
  readonly profiles: () => Profiles;
  readonly maySeeMember: (principal: Principal, member: MemberId) => Promise<boolean>;
};

const MEMBER = "mem_0000000019j";
const OTHER = "mem_0000000019k";
const AT = "2026-03-04T09:00:00.000Z";
const Pair = Type.Object({ survivor: Type.String(), merged: Type.String() }, { title: "MergedPair" });
const ReviewSchema = Type.Object(
  {
    review: Type.String({ description: "`rev_…`" }),
    members: Type.Array(Type.String(), { minItems: 2, maxItems: 2 }),
    reason: Type.String(),
    openedAt: Type.String({ format: "date-time" }),
  },
  { title: "Review" },
);

export const peopleOperations = {
  getMember: operation({
    operationId: "getMember",
    tag: "Members",
    summary: "Read who a member is: the golden record and the profiles behind it",
    description:
      "A partner sees its own profiles and those whose person consents; the operator's people see all; analysts see no values.",
    params: MemberParams,
    status: 200,
    answer: MemberSchema,
    problems: ["unknown-member"],
    example: { answer: { member: MEMBER, createdAt: AT, golden: {}, profiles: [], hiddenProfiles: 1 } },
  }),
  explainMember: operation({
    operationId: "explainMember",
    tag: "Members",
    summary: "Explain how a member came together, step by step",
    params: MemberParams,
    status: 200,
    answer: Type.Object({ member: Type.String(), steps: Type.Array(StepSchema) }, { title: "MemberExplanation" }),
    problems: ["unknown-member"],
    example: {
      answer: {
        member: MEMBER,
        steps: [{ at: AT, what: "merge", member: OTHER, into: MEMBER, by: "profile of kalitka", why: [] }],
      },
    },
  }),
  getHousehold: operation({
    operationId: "getHousehold",
    tag: "Members",
    summary: "List who may share a household with a member",
    description: "Who shares an address, a surname at an address, or an unproven phone: a relation, never a merge.",
    params: MemberParams,
    status: 200,
    answer: Type.Object(
      {
        member: Type.String(),
        with: Type.Array(Type.Object({ member: Type.String(), shares: Type.Array(Type.String()) })),
      },
      { title: "Household" },
    ),
    problems: ["unknown-member"],
    example: { answer: { member: MEMBER, with: [{ member: OTHER, shares: ["family-address"] }] } },
  }),
  listAttributes: operation({
    operationId: "listAttributes",
    tag: "Members",
    summary: "List what receipts suggest of a member, with evidence and confidence",
    description: "By the coalition's own rules (identity.yaml). Confidence fades when the evidence stops.",
    params: MemberParams,
    status: 200,
    answer: Type.Object(
      {
        member: Type.String(),
        items: Type.Array(
          Type.Object(
            {
              key: Type.String(),
              confidenceBp: Type.Integer({ description: "Basis points." }),
              evidence: Type.Object({
                receipts: Type.Integer(),
                firstAt: Type.String({ format: "date-time" }),
                lastAt: Type.String({ format: "date-time" }),
              }),
            },
            { title: "InferredAttribute" },
          ),
        ),
      },
      { title: "InferredAttributes" },
    ),
    problems: ["unknown-member"],
    example: {
      answer: {
        member: MEMBER,
        items: [{ key: "has-a-cat", confidenceBp: 8_000, evidence: { receipts: 3, firstAt: AT, lastAt: AT } }],
      },
    },
  }),
  mergeMembers: operation({
    operationId: "mergeMembers",
    tag: "Members",
    summary: "Merge two members that are one person",
    params: MemberParams,
    body: Type.Object(
      { with: Type.String({ maxLength: 40 }), ...NoteBody.properties },
      { additionalProperties: false },
    ),
    status: 200,
    answer: Pair,
    problems: ["unknown-member", "same-member"],
    example: { body: { with: OTHER, note: "met in the shop" }, answer: { survivor: MEMBER, merged: OTHER } },
  }),
  unmergeMember: operation({
    operationId: "unmergeMember",
    tag: "Members",
    summary: "Take a merged member apart again, and remember that the two are not one",
    params: MemberParams,
    body: NoteBody,
    status: 200,
    answer: Pair,
    problems: ["unknown-member", "not-merged", "survivor-merged", "hold-across"],
    example: { body: { note: "mother and daughter" }, answer: { survivor: MEMBER, merged: OTHER } },
  }),
  eraseMember: operation({
    operationId: "eraseMember",
    tag: "Members",
    summary: "Erase a person: destroys everything personal, ends the wallet, keeps the ledger",
    params: MemberParams,
    status: 200,
    answer: Type.Object({ member: Type.String(), state: Type.Literal("erased") }, { title: "ErasedMember" }),
    problems: ["unknown-member"],
    example: { answer: { member: MEMBER, state: "erased" } },
  }),
  listReviews: operation({
    operationId: "listReviews",
    tag: "Members",
    summary: "List pairs of members that wait for a person to decide, oldest first",
    querystring: Type.Object(
      {
        limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
        cursor: Type.Optional(Type.String({ maxLength: 200, pattern: "^[A-Za-z0-9_-]+$" })),
      },
      { additionalProperties: false },
    ),
    status: 200,
    answer: Type.Object(
      { items: Type.Array(ReviewSchema), next: Type.Optional(Type.String()) },
      { title: "ReviewPage" },
    ),
    problems: [],
    example: {
      answer: {
        items: [
          { review: "rev_0000000019j0000000019k", members: [MEMBER, OTHER], reason: "phone-of-another", openedAt: AT },
        ],
      },
    },
  }),
  decideReview: operation({
    operationId: "decideReview",
    tag: "Members",
    summary: "Decide a pair: one person, or kept apart for good",
    params: Type.Object({ reviewId: Type.String({ description: "`rev_…`" }) }),
    body: Type.Object(
      { decision: Type.Enum(["merge", "keep-apart"]), ...NoteBody.properties },
      { additionalProperties: false },
    ),
    status: 200,
    answer: Type.Object({ review: Type.String(), state: Type.Enum(["merged", "apart"]) }, { title: "DecidedReview" }),
    problems: ["unknown-review", "review-decided", "unknown-member", "same-member"],
    example: {
      body: { decision: "keep-apart", note: "father and son" },
      answer: { review: "rev_0000000019j0000000019k", state: "apart" },
    },
  }),
};

export function peopleRoutes(deps: PeopleRouteDeps): (app: App) => void {
  return (app) => {
    readRoutes(deps, app);
    attributeRoute(deps, app);
    decisionRoutes(deps, app);
    reviewRoutes(deps, app);
  };
}

const refuser =
  (deps: PeopleRouteDeps) =>
  (request: FastifyRequest, reply: FastifyReply, failure: { readonly code: string }): void =>
    void sendFailure(deps.problems, request, reply, failure);

function readRoutes(deps: PeopleRouteDeps, app: App): void {
  const refuse = refuser(deps);
  app.get("/v1/members/:memberId", { schema: peopleOperations.getMember }, async (request, reply) => {
    const principal = principalOf(request);
    const member = memberIds.parse(request.params.memberId);
    const view = member === undefined ? undefined : await deps.profiles().member(member, principal);
    const isKnown =
      view &&
      ((view.profiles.length > 0 && principal.partner !== undefined) ||
        (await deps.maySeeMember(principal, view.member)));
    if (!view || !isKnown) return refuse(request, reply, { code: "unknown-member" });
    const isOperator = principal.partner === undefined;
    reply.send({
      member: memberIds.format(view.member),
      createdAt: formatInstant(view.createdAt),
      golden: Object.fromEntries(
        Object.entries(view.golden).map(([field, golden]) => [
          field,
          {
            ...golden,
            at: formatInstant(golden.at),
            losing: golden.losing.map((told) => ({ ...told, at: formatInstant(told.at) })),
          },
        ]),
      ),
      profiles: view.profiles.map((profile) => showProfile(profile, isOperator)),
      hiddenProfiles: view.hiddenProfiles,
    });
  });
  app.get("/v1/members/:memberId/explanation", { schema: peopleOperations.explainMember }, async (request, reply) => {
    const member = memberIds.parse(request.params.memberId);
    const explained = member === undefined ? undefined : await deps.profiles().explain(member);
    if (!explained) return refuse(request, reply, { code: "unknown-member" });
    const steps = explained.steps.map(({ at, member: of, into, why, ...step }) => ({
      ...step,
      at: formatInstant(at),
      ...(of === undefined ? {} : { member: memberIds.format(of) }),
      ...(into === undefined ? {} : { into: memberIds.format(into) }),
      why: whyList(why),
    }));
    reply.send({ member: memberIds.format(explained.member), steps });
  });
  app.get("/v1/members/:memberId/household", { schema: peopleOperations.getHousehold }, async (request, reply) => {
    const member = memberIds.parse(request.params.memberId);
    const household = member === undefined ? undefined : await deps.profiles().household(member);
    if (!household) return refuse(request, reply, { code: "unknown-member" });
    reply.send({
      member: memberIds.format(household.member),
      with: household.with.map((each) => ({ member: memberIds.format(each.member), shares: each.shares })),
    });
  });
}

function attributeRoute(deps: PeopleRouteDeps, app: App): void {
  app.get("/v1/members/:memberId/attributes", { schema: peopleOperations.listAttributes }, async (request, reply) => {
    const member = memberIds.parse(request.params.memberId);
    const found = member === undefined ? undefined : await deps.profiles().attributes(member);
    if (!found) return refuser(deps)(request, reply, { code: "unknown-member" });
    const items = found.attributes.map(({ evidence, ...each }) => ({
      ...each,
      evidence: {
        receipts: evidence.receipts,
        firstAt: formatInstant(evidence.firstAt),
        lastAt: formatInstant(evidence.lastAt),
      },
    }));
    reply.send({ member: memberIds.format(found.member), items });
  });
}

function whyList(why: unknown): Type.Static<typeof WhySchema>[] {
  if (Array.isArray(why)) return why.map((each) => showWhy(each as { code: string }, true));
  return [{ code: "by-hand", note: String(why) }];
}

function decisionRoutes(deps: PeopleRouteDeps, app: App): void {
  const refuse = refuser(deps);
  app.post("/v1/members/:memberId/merge", { schema: peopleOperations.mergeMembers }, async (request, reply) => {
    const [one, other] = [memberIds.parse(request.params.memberId), memberIds.parse(request.body.with)];
    if (one === undefined || other === undefined) return refuse(request, reply, { code: "unknown-member" });
    const decided = { by: principalOf(request).keyId, note: request.body.note };
    const merged = await deps.profiles().merge(one, other, decided);
    if (!merged.ok) return refuse(request, reply, merged.failure);
    reply.send(showPair(merged.value));
  });
  app.post("/v1/members/:memberId/unmerge", { schema: peopleOperations.unmergeMember }, async (request, reply) => {
    const member = memberIds.parse(request.params.memberId);
    if (member === undefined) return refuse(request, reply, { code: "unknown-member" });
    const decided = { by: principalOf(request).keyId, note: request.body.note };
    const apart = await deps.profiles().unmerge(member, decided);
    if (!apart.ok) return refuse(request, reply, apart.failure);
    reply.send(showPair(apart.value));
  });
  app.delete("/v1/members/:memberId", { schema: peopleOperations.eraseMember }, async (request, reply) => {
    const member = memberIds.parse(request.params.memberId);
    const erased = member === undefined ? undefined : await deps.profiles().erase(member);
    if (!erased?.ok) return refuse(request, reply, erased?.failure ?? { code: "unknown-member" });
    reply.send({ member: memberIds.format(erased.value.member), state: "erased" as const });
  });
}

function showPair({ survivor, merged }: { survivor: MemberId; merged: MemberId }) {
  return { survivor: memberIds.format(survivor), merged: memberIds.format(merged) };
}

function reviewRoutes(deps: PeopleRouteDeps, app: App): void {
  const refuse = refuser(deps);
  app.get("/v1/reviews", { schema: peopleOperations.listReviews }, async (request, reply) => {
    const { limit, cursor } = request.query;
    const parts = cursor === undefined ? [0, 0, 0] : readCursor(cursor, ["int8", "int8", "int8"]);
    if (parts === undefined) throw refuseFields([{ in: "query", ...badCursor("/cursor") }]);
    const [openedAt, member, other] = parts as [number, number, number];
    const pairs = await deps.profiles().reviews({ openedAt, member, other }, limit);
    const last = pairs.length === limit ? pairs[limit - 1] : undefined;
    reply.send({
      items: pairs.map((pair) => ({
        review: reviewId(pair.member, pair.other),
        members: [memberIds.format(pair.member), memberIds.format(pair.other)] as [string, string],
        reason: pair.reason,
        openedAt: formatInstant(pair.openedAt),
      })),
      ...(last ? { next: writeCursor([last.openedAt, last.member, last.other]) } : {}),
    });
  });
  app.post("/v1/reviews/:reviewId/decision", { schema: peopleOperations.decideReview }, async (request, reply) => {
    const pair = parseReviewId(request.params.reviewId);
    if (!pair) return refuse(request, reply, { code: "unknown-review" });
    const { decision, note } = request.body;
    const decided = { by: principalOf(request).keyId, note };
    const outcome = await deps.profiles().decide(pair[0], pair[1], decision, decided);
    if (!outcome.ok) return refuse(request, reply, outcome.failure);
    reply.send({ review: request.params.reviewId, state: outcome.value.state });
  });
}

const DIGITS = 11;

function reviewId(member: MemberId, other: MemberId): string {
  return `rev_${memberIds.format(member).slice(4)}${memberIds.format(other).slice(4)}`;
}

function parseReviewId(text: string): [MemberId, MemberId] | undefined {
  if (!text.startsWith("rev_") || text.length !== 4 + 2 * DIGITS) return undefined;
  const one = memberIds.parse(`mem_${text.slice(4, 4 + DIGITS)}`);
  const other = memberIds.parse(`mem_${text.slice(4 + DIGITS)}`);
  return one === undefined || other === undefined ? undefined : [one, other];
}
