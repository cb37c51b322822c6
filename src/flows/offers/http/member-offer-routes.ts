import { Type } from "typebox";
import { principalOf } from "#domains/access/http/index.ts";
import type { MaySeeMember } from "#domains/ledger/http/index.ts";
import { formatCode } from "#domains/offers/index.ts";
import { IdempotencyHeaders } from "#flows/checkout/http/index.ts";
import { type MemberId, memberIds, type PartnerId } from "#kernel/ids.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import { formatInstant } from "#kernel/time.ts";
import { sendOutcome } from "#platform/http/answer.ts";
import type { App } from "#platform/http/app.ts";
import { operation } from "#platform/http/operation.ts";
import type { Failure } from "#platform/http/problem.ts";
import type { ProblemRegistry } from "#platform/http/problem-registry.ts";
import { sendFailure } from "#platform/http/send.ts";
import type { OfferDeps } from "../deps.ts";
import { activateOffer, deactivateOffer } from "../members/activate-offer.ts";
import { type MemberOffer, readOffers } from "../members/read-offers.ts";
import { redeemVoucher, takeVoucher, type VoucherAnswer, voucherCode } from "../members/vouchers.ts";
import { MEMBER_OFFERS_EXAMPLE, VOUCHER_EXAMPLE } from "./examples.ts";

const Text = Type.Union([
  Type.String(),
  Type.Object({ ru: Type.String(), en: Type.String() }, { additionalProperties: false }),
]);
const Instant = Type.String({ format: "date-time" });
const Params = Type.Object({
  memberId: Type.String({ description: "`mem_…`" }),
  offerId: Type.String({ description: "The offer's id." }),
});

const VoucherSchema = Type.Object(
  {
    code: Type.String({ description: "Shown to the partner; kept nowhere in the clear." }),
    offer: Type.String(),
    partner: Type.String(),
    state: Type.Enum(["taking", "open", "redeemed", "cancelled", "expired"]),
    priceCents: Type.Integer({ description: "Held until it is redeemed; given back when its time ends." }),
    issuedAt: Instant,
    expiresAt: Instant,
    redeemedAt: Type.Optional(Instant),
  },
  { title: "Voucher" },
);

const MemberOfferSchema = Type.Object(
  {
    offer: Type.String(),
    partner: Type.String(),
    name: Text,
    text: Type.Optional(Text),
    worth: Type.Optional(Text),
    priceCents: Type.Optional(Type.Integer({ description: "Of a voucher." })),
    state: Type.Enum(["available", "active", "used", "closed"], {
      description: "available: to be activated, or taken; active: holds now; used: nothing is left of it.",
    }),
    closed: Type.Optional(
      Type.Object({
        code: Type.Enum(["not-begun", "over", "paused", "audience", "used-up", "budget-exhausted", "out-of-stock"]),
        at: Type.Optional(Instant),
      }),
    ),
    activeFrom: Type.Optional(Instant),
    until: Type.Optional(Instant),
    usedTimes: Type.Integer({ description: "Receipts that earned by it, or vouchers taken." }),
    usedCents: Type.Optional(Type.Integer({ description: "Points earned, where the offer limits them." })),
    leftTimes: Type.Optional(Type.Integer()),
    leftCents: Type.Optional(Type.Integer()),
    vouchers: Type.Optional(Type.Array(VoucherSchema)),
  },
  { title: "MemberOffer" },
);
const MemberOffersSchema = Type.Object(
  { member: Type.String(), asOf: Instant, items: Type.Array(MemberOfferSchema) },
  { title: "MemberOffers" },
);

const USE_PROBLEMS = ["unknown-member", "no-programme", "unknown-offer", "offer-closed", "overloaded"] as const;

export const memberOfferOperations = {
  listMemberOffers: operation({
    operationId: "listMemberOffers",
    tag: "Offers",
    summary: "List a member's offers: available, active, used, what is left of each, why one is closed",
    params: Type.Object({ memberId: Params.properties.memberId }),
    status: 200,
    answer: MemberOffersSchema,
    problems: ["unknown-member", "no-programme"],
    example: { answer: MEMBER_OFFERS_EXAMPLE },
  }),
  activateOffer: operation({
    operationId: "activateOffer",
    tag: "Offers",
    summary: "Activate an offer: it holds from now on; asked again, nothing changes",
    params: Params,
    status: 200,
    answer: MemberOffersSchema,
    problems: [...USE_PROBLEMS, "offer-needs-no-activation"],
    example: { answer: MEMBER_OFFERS_EXAMPLE },
  }),
  deactivateOffer: operation({
    operationId: "deactivateOffer",
    tag: "Offers",
    summary: "Give an activated offer up before its first use",
    params: Params,
    status: 200,
    answer: MemberOffersSchema,
    problems: [...USE_PROBLEMS, "offer-needs-no-activation", "offer-not-active", "offer-used"],
    example: { answer: MEMBER_OFFERS_EXAMPLE },
  }),
  takeVoucher: operation({
    operationId: "takeVoucher",
    tag: "Offers",
    summary: "Take a voucher: a code that the partner redeems; its price in points is held meanwhile",
    params: Params,
    headers: IdempotencyHeaders,
    status: 201,
    answer: VoucherSchema,
    problems: [...USE_PROBLEMS, "insufficient-points", "spend-not-allowed"],
    isRepeatable: true,
    example: { answer: VOUCHER_EXAMPLE },
  }),
  redeemVoucher: operation({
    operationId: "redeemVoucher",
    tag: "Offers",
    summary: "Redeem a voucher's code at the partner: its price is captured there",
    body: Type.Object(
      {
        code: Type.String({ minLength: 6, maxLength: 40, description: "As the member shows it." }),
        reference: Type.String({
          minLength: 1,
          maxLength: 128,
          pattern: "^[^\\u0000-\\u001f\\u007f]+$",
          description: "Your own number of it: asked again with the same, the same answer.",
        }),
      },
      { additionalProperties: false, title: "VoucherRedemption" },
    ),
    status: 200,
    answer: VoucherSchema,
    problems: ["unknown-voucher", "voucher-over", "hold-expired", "hold-not-open", "overloaded"],
    isRepeatable: true,
    example: {
      body: { code: "7KQ2-M4XV-0DGH", reference: "order-317" },
      answer: { ...VOUCHER_EXAMPLE, state: "redeemed" as const },
    },
  }),
};

export type MemberOfferDeps = OfferDeps & { readonly problems: ProblemRegistry; readonly maySeeMember: MaySeeMember };

export function memberOfferRoutes(deps: MemberOfferDeps): (app: App) => void {
  const { problems } = deps;
  const find = async (
    request: Parameters<typeof principalOf>[0],
    memberId: string,
  ): Promise<Result<MemberId, { readonly code: "unknown-member" | "no-programme" }>> => {
    if (!deps.programmes.latest) return err({ code: "no-programme" });
    const member = memberIds.parse(memberId);
    const may = member !== undefined && (await deps.maySeeMember(principalOf(request), member));
    return may ? ok(member) : err({ code: "unknown-member" });
  };
  const tell = async (member: MemberId, asker: PartnerId | undefined) => {
    const read = await readOffers(deps, member, asker);
    if (!read) return undefined;
    return {
      member: memberIds.format(read.member),
      asOf: formatInstant(deps.clock.now()),
      items: read.offers.map((offer) => offerJson(deps, offer)),
    };
  };
  return (app) => {
    app.get(
      "/v1/members/:memberId/offers",
      { schema: memberOfferOperations.listMemberOffers },
      async (request, reply) => {
        const found = await find(request, request.params.memberId);
        const told = found.ok ? await tell(found.value, principalOf(request).partner) : undefined;
        if (!told)
          return void sendFailure(problems, request, reply, found.ok ? { code: "unknown-member" } : found.failure);
        reply.send(told);
      },
    );
    for (const [verb, use] of [["activate", activateOffer] as const, ["deactivate", deactivateOffer] as const]) {
      const path = `/v1/members/:memberId/offers/:offerId/${verb}`;
      app.post(path, { schema: memberOfferOperations[`${verb}Offer`] }, async (request, reply) => {
        const { memberId, offerId } = request.params;
        const found = await find(request, memberId);
        const done = found.ok ? await use(deps, found.value, offerId, principalOf(request)) : found;
        if (!done.ok) return void sendFailure(problems, request, reply, done.failure as Failure);
        reply.send(
          (await tell(
            (found as { value: MemberId }).value,
            principalOf(request).partner,
          )) as typeof MEMBER_OFFERS_EXAMPLE,
        );
      });
    }
    const voucherPath = "/v1/members/:memberId/offers/:offerId/vouchers";
    app.post(voucherPath, { schema: memberOfferOperations.takeVoucher }, async (request, reply) => {
      const { memberId, offerId } = request.params;
      const found = await find(request, memberId);
      const taken = found.ok
        ? await takeVoucher(
            deps,
            found.value,
            offerId,
            request.headers["idempotency-key"],
            principalOf(request).partner,
          )
        : found;
      sendOutcome(problems, request, reply, 201, withJson(taken));
    });
    app.post("/v1/vouchers/redeem", { schema: memberOfferOperations.redeemVoucher }, async (request, reply) => {
      const { code, reference } = request.body;
      sendOutcome(
        problems,
        request,
        reply,
        200,
        withJson(await redeemVoucher(deps, code, reference, principalOf(request))),
      );
    });
  };
}

function withJson<F extends { readonly code: string }>(
  outcome: Result<{ readonly replayed: boolean; readonly body: VoucherAnswer }, F>,
) {
  return outcome.ok ? ok({ replayed: outcome.value.replayed, body: voucherJson(outcome.value.body) }) : outcome;
}

function voucherJson({ voucher, code }: VoucherAnswer) {
  const { offer, partner, state, priceCents, issuedAt, expiresAt, endedAt } = voucher;
  return {
    code: formatCode(code),
    ...{ offer, partner, state, priceCents },
    issuedAt: formatInstant(issuedAt),
    expiresAt: formatInstant(expiresAt),
    ...(state === "redeemed" && endedAt !== undefined ? { redeemedAt: formatInstant(endedAt) } : {}),
  };
}

function offerJson(deps: OfferDeps, offer: MemberOffer) {
  const { document, closed, activeFrom, activeUntil, vouchers, ...standing } = offer;
  const { partner, name, text, voucher } = document;
  return {
    ...standing,
    ...{ partner, name },
    ...(text === undefined ? {} : { text }),
    ...(voucher === undefined ? {} : { worth: voucher.worth }),
    ...(closed === undefined
      ? {}
      : { closed: closed.code === "not-begun" ? { code: closed.code, at: formatInstant(closed.at) } : closed }),
    ...(activeFrom === undefined ? {} : { activeFrom: formatInstant(activeFrom) }),
    ...(activeUntil === undefined ? {} : { until: formatInstant(activeUntil) }),
    ...(vouchers.length === 0
      ? {}
      : { vouchers: vouchers.map((each) => voucherJson({ voucher: each, code: voucherCode(deps, each) })) }),
  };
}
