import type { FastifyReply, FastifyRequest } from "fastify";
import type { Type } from "typebox";
import { type Principal, principalOf } from "#domains/access/http/index.ts";
import type { LinkEvidence } from "#domains/identity/index.ts";
import { type MemberId, memberIds } from "#kernel/ids.ts";
import { formatInstant } from "#kernel/time.ts";
import type { App } from "#platform/http/app.ts";
import { readCursor, writeCursor } from "#platform/http/cursor.ts";
import { badCursor } from "#platform/http/field-faults.ts";
import type { ProblemRegistry } from "#platform/http/problem-registry.ts";
import { sendFailure } from "#platform/http/send.ts";
import { refuseFields } from "#platform/http/validation.ts";
import type { Profiles } from "../index.ts";
import { peopleOperations } from "./people-operations.ts";
import { showProfile, showWhy } from "./profile-routes.ts";
import type { WhySchema } from "./schemas.ts";

export type PeopleRouteDeps = {
  readonly problems: ProblemRegistry;
  readonly profiles: () => Profiles;
  readonly maySeeMember: (principal: Principal, member: MemberId) => Promise<boolean>;
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
    const items = found.attributes.map(({ key, confidenceBp, receipts, answers }) => ({
      ...{ key, confidenceBp },
      evidence: {
        receipts: receipts?.receipts ?? 0,
        ...(receipts === undefined
          ? {}
          : { firstAt: formatInstant(receipts.firstAt), lastAt: formatInstant(receipts.lastAt) }),
        ...(answers === undefined
          ? {}
          : { answers: answers.map(({ statedAt, ...each }) => ({ ...each, statedAt: formatInstant(statedAt) })) }),
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
    if (Number.isNaN(new Date(openedAt).getTime())) throw refuseFields([{ in: "query", ...badCursor("/cursor") }]);
    const pairs = await deps.profiles().reviews({ openedAt, member, other }, limit);
    const last = pairs.length === limit ? pairs[limit - 1] : undefined;
    reply.send({
      items: pairs.map((pair) => ({
        review: reviewId(pair.member, pair.other),
        members: [memberIds.format(pair.member), memberIds.format(pair.other)] as [string, string],
        reason: pair.reason,
        openedAt: formatInstant(pair.openedAt),
        ...(isLinkEvidence(pair.evidence) ? { evidence: pair.evidence } : {}),
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

/** What a linkage has written; a pair that a profile brought has its partner there. */
function isLinkEvidence(evidence: unknown): evidence is LinkEvidence & { readonly run: string } {
  return typeof evidence === "object" && evidence !== null && "steps" in evidence;
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
