import { type Static, Type } from "typebox";
import { principalOf } from "#domains/access/http/index.ts";
import { MemberSchema, toMemberRef } from "#flows/checkout/http/index.ts";
import { workRoutes } from "#flows/publishing/http/index.ts";
import { type MemberId, memberIds } from "#kernel/ids.ts";
import { err, ok } from "#kernel/result.ts";
import type { App } from "#platform/http/app.ts";
import { NDJSON } from "#platform/http/ndjson.ts";
import { type NdjsonRouteDeps, ndjsonRoute } from "#platform/http/ndjson-route.ts";
import { operation } from "#platform/http/operation.ts";
import { type Failure, ProblemError } from "#platform/http/problem.ts";
import type { FindByIdentifier } from "../find-by-identifier.ts";
import { OFFERS, PROMOS } from "../manage/kinds.ts";
import { forecastOfferDraft, forecastPromoDraft } from "../manage/manage.ts";
import { type AssignDeps, assignable, assignOffer } from "../members/assign-offer.ts";
import { OFFER_EXAMPLE, PROMO_EXAMPLE } from "./examples.ts";

/** Offers: drafts and their life. */
export const offerRoutes = workRoutes({
  works: OFFERS,
  title: "Offer",
  tag: "Offers",
  path: "/v1/offers",
  example: OFFER_EXAMPLE,
  what: "an offer",
  forecast: forecastOfferDraft,
});

/** Promos: drafts and their life. */
export const promoRoutes = workRoutes({
  works: PROMOS,
  title: "Promotion",
  tag: "Promo codes",
  path: "/v1/promotions",
  example: PROMO_EXAMPLE,
  what: "a promotion",
  forecast: forecastPromoDraft,
});

const AssignmentSchema = Type.Object(
  { member: MemberSchema },
  { additionalProperties: false, title: "OfferAssignment" },
);

const assignmentOperation = operation({
  operationId: "assignOffer",
  tag: "Offers",
  summary: "Give a personal offer to many members: NDJSON in, an answer per line out",
  description:
    "One member a line. A line that is refused stops no other; the whole batch may be sent again, and what was given stays given once.",
  params: Type.Object({ id: Type.String({ description: "The offer's id." }) }),
  body: AssignmentSchema,
  consumes: [NDJSON],
  status: 200,
  answer: Type.Object(
    {
      line: Type.Integer({ description: "Which line this answers, from 1." }),
      status: Type.Integer({ description: "As the line would have got alone." }),
      replayed: Type.Boolean({ description: "The member had it already." }),
      body: Type.Object({ member: Type.String(), offer: Type.String() }),
    },
    { title: "OfferAssignmentAnswer", description: "`body` is a problem where `status` is 400 or more." },
  ),
  produces: NDJSON,
  problems: ["no-programme", "unknown-member", "unknown-offer", "offer-not-personal", "offer-closed", "overloaded"],
  example: {
    body: { member: { kind: "card", value: "7000100010001" } },
    answer: { line: 1, status: 201, replayed: false, body: { member: "mem_000000000z8", offer: "coffee" } },
  },
});

export type AssignmentDeps = AssignDeps & NdjsonRouteDeps & { readonly findByIdentifier: FindByIdentifier };

export function assignmentRoute(deps: AssignmentDeps): (app: App) => void {
  return ndjsonRoute(deps, {
    path: "/v1/offers/:id/assignments",
    schema: assignmentOperation,
    body: AssignmentSchema,
    status: 201,
    open: async (request) => {
      const { id } = request.params as { id: string };
      const principal = principalOf(request);
      const offer = await assignable(deps, id, principal.partner);
      if (!offer.ok) throw new ProblemError(offer.failure as Failure);
      return async (line) => {
        const member = await memberOf(deps, line as Static<typeof AssignmentSchema>);
        if (member === undefined) return err({ code: "unknown-member" });
        const assigned = await assignOffer(deps, offer.value, member, principal.keyId);
        if (!assigned.ok) return assigned;
        const body = { member: memberIds.format(assigned.value.member), offer: id };
        return ok({ replayed: !assigned.value.isNew, body });
      };
    },
  });
}

export async function memberOf(
  { findByIdentifier }: { readonly findByIdentifier: FindByIdentifier },
  { member }: Static<typeof AssignmentSchema>,
): Promise<MemberId | undefined> {
  const ref = toMemberRef(member);
  if (ref === "unknown") return undefined;
  return ref.by === "id" ? ref.id : findByIdentifier(ref.kind, ref.value);
}
