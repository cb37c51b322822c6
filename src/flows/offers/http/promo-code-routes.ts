import { Readable } from "node:stream";
import { type Static, Type } from "typebox";
import { principalOf } from "#domains/access/http/index.ts";
import type { MaySeeMember } from "#domains/ledger/http/index.ts";
import { formatCode, promoStore } from "#domains/offers/index.ts";
import { MemberSchema } from "#flows/checkout/http/index.ts";
import { memberIds } from "#kernel/ids.ts";
import { err, ok } from "#kernel/result.ts";
import { sendOutcome } from "#platform/http/answer.ts";
import type { App } from "#platform/http/app.ts";
import { type Language, languageOf } from "#platform/http/language.ts";
import { operation } from "#platform/http/operation.ts";
import type { Failure } from "#platform/http/problem.ts";
import type { ProblemRegistry } from "#platform/http/problem-registry.ts";
import { sendFailure } from "#platform/http/send.ts";
import type { OfferDeps } from "../deps.ts";
import type { FindByIdentifier } from "../find-by-identifier.ts";
import { exportCodes, issueTo } from "../promos/make-codes.ts";
import { type PromoAnswer, redeemPromo } from "../promos/redeem-promo.ts";
import { memberOf } from "./offer-routes.ts";

const Id = Type.Object({ id: Type.String({ description: "The promo's id." }) });
const RedemptionSchema = Type.Object(
  {
    code: Type.String({ minLength: 3, maxLength: 40, description: "As the member typed it." }),
    member: MemberSchema,
  },
  { additionalProperties: false, title: "PromoCodeUse" },
);

export const promoCodeOperations = {
  redeemPromoCode: operation({
    operationId: "redeemPromoCode",
    tag: "Promo codes",
    summary: "Use a promo code for a member: it gives an offer or points",
    description:
      "A unique code works once; the same code of the same member again gets the same answer. While earning is stopped the code is used all the same and its points come when it goes on (`notes`). Wrong codes are counted by member and by key: ten and a thousand an hour.",
    body: RedemptionSchema,
    status: 200,
    answer: Type.Object(
      {
        member: Type.String(),
        promo: Type.String(),
        gives: Type.Enum(["offer", "points", "subscription"]),
        offer: Type.Optional(Type.String()),
        pointsCents: Type.Optional(Type.Integer()),
        operation: Type.Optional(Type.String()),
        notes: Type.Optional(
          Type.Array(
            Type.Object(
              {
                code: Type.Enum(["earning-stopped"]),
                why: Type.String({ description: "In a sentence for the member." }),
              },
              { title: "PromoCodeNote" },
            ),
            { description: "Why points are not there yet: earning is stopped, they come when it goes on." },
          ),
        ),
      },
      { title: "PromoCodeAnswer" },
    ),
    problems: [
      "no-programme",
      "unknown-member",
      "unknown-promo-code",
      "promo-code-used",
      "promo-used-up",
      "promo-limit",
      "promo-closed",
      "promo-not-begun",
      "promo-not-for-you",
      "promo-code-elsewhere",
      "too-many-codes",
      "offer-closed",
      "budget-exhausted",
      "overloaded",
    ],
    isRepeatable: true,
    example: {
      body: { code: "7KQ2-M4XV-0DGH", member: { kind: "phone", value: "+7 900 000-00-01" } },
      answer: {
        ...{ member: "mem_000000000z8", promo: "spring", gives: "points" as const },
        ...{ pointsCents: 10_000, operation: "op_000000000z800000d" },
      },
    },
  }),
  exportPromoCodes: operation({
    operationId: "exportPromoCodes",
    tag: "Promo codes",
    summary: "Take the codes of a promo out, once, as CSV: afterwards nobody can make them again",
    params: Id,
    status: 200,
    produces: "text/csv",
    problems: ["unknown-promotion", "promo-shared", "promo-codes-gone", "promo-codes-not-ready"],
    example: { answer: "code\n7KQ2M4XV0DGH\n…\n" },
  }),
  issuePromoCode: operation({
    operationId: "issuePromoCode",
    tag: "Promo codes",
    summary: "Give a member a code of its own: nobody else can use it; asked again, the same code",
    params: Id,
    body: Type.Object({ member: MemberSchema }, { additionalProperties: false, title: "PromoCodeIssue" }),
    status: 201,
    answer: Type.Object({ promo: Type.String(), code: Type.String() }, { title: "IssuedPromoCode" }),
    problems: [
      "unknown-member",
      "unknown-promotion",
      "promo-shared",
      "promo-codes-gone",
      "promo-codes-not-ready",
      "promo-used-up",
    ],
    example: {
      body: { member: { id: "mem_000000000z8" } },
      answer: { promo: "spring", code: "7KQ2-M4XV-0DGH" },
    },
  }),
};

export type PromoCodeDeps = OfferDeps & {
  readonly problems: ProblemRegistry;
  readonly maySeeMember: MaySeeMember;
  readonly findByIdentifier: FindByIdentifier;
};

export function promoCodeRoutes(deps: PromoCodeDeps): (app: App) => void {
  const { problems } = deps;
  return (app) => {
    app.post("/v1/promo-codes/redeem", { schema: promoCodeOperations.redeemPromoCode }, async (request, reply) => {
      const principal = principalOf(request);
      const member = await memberOf(deps, request.body);
      // By an identifier the member was shown; by a bare id it has to be one that the caller knows.
      const may =
        member !== undefined && (request.body.member.id === undefined || (await deps.maySeeMember(principal, member)));
      const used = may
        ? await redeemPromo(deps, member, request.body.code, principal.keyId)
        : err({ code: "unknown-member" });
      const language = languageOf(request.headers["accept-language"]);
      const outcome = used.ok
        ? ok({ replayed: used.value.replayed, body: answerJson(used.value.body, language) })
        : used;
      sendOutcome(problems, request, reply, 200, outcome);
    });
    app.post(
      "/v1/promotions/:id/codes/export",
      { schema: promoCodeOperations.exportPromoCodes },
      async (request, reply) => {
        const { id } = request.params;
        const codes = await exportCodes(deps, id, principalOf(request).partner);
        if (!codes.ok) return void sendFailure(problems, request, reply, codes.failure as Failure);
        const lines = Readable.from(csvOf(codes.value));
        return reply
          .header("content-type", "text/csv; charset=utf-8")
          .header("content-disposition", `attachment; filename="${id}.csv"`)
          .send(lines);
      },
    );
    app.post("/v1/promotions/:id/codes", { schema: promoCodeOperations.issuePromoCode }, async (request, reply) => {
      const { partner } = principalOf(request);
      const { id } = request.params;
      const promo = await promoStore.read(deps.pool, id);
      if (!promo || (partner !== undefined && promo.partner !== partner)) {
        return void sendFailure(problems, request, reply, { code: "unknown-promotion" });
      }
      const member = await memberOf(deps, request.body as Static<typeof RedemptionSchema>);
      const issued = member === undefined ? err({ code: "unknown-member" }) : await issueTo(deps, promo, member);
      if (!issued.ok) return void sendFailure(problems, request, reply, issued.failure as Failure);
      reply.code(201).send({ promo: id, code: formatCode(issued.value) });
    });
  };
}

/** Lines are gathered: a chunk a line would cost a millisecond each. */
const LINES_A_CHUNK = 5_000;

async function* csvOf(codes: AsyncGenerator<string>): AsyncGenerator<string> {
  let chunk = "code\n";
  let count = 0;
  for await (const code of codes) {
    chunk += `${code}\n`;
    if (++count % LINES_A_CHUNK !== 0) continue;
    yield chunk;
    chunk = "";
  }
  if (chunk !== "") yield chunk;
}

const WAITING = {
  ru: "Начисление баллов сейчас приостановлено: баллы по промокоду придут сами, когда оно возобновится.",
  en: "No points are being given for now: those of this code come by themselves when giving goes on.",
};

function answerJson({ member, promo, benefit, cents, operation: done, isWaiting }: PromoAnswer, language: Language) {
  return {
    member: memberIds.format(member),
    promo,
    gives: benefit.kind,
    ...(benefit.kind === "offer" ? { offer: benefit.offer } : {}),
    ...(cents === undefined ? {} : { pointsCents: cents }),
    ...(done === undefined ? {} : { operation: done }),
    ...(isWaiting ? { notes: [{ code: "earning-stopped" as const, why: WAITING[language] }] } : {}),
  };
}
