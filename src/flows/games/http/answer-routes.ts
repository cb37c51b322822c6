import { Type } from "typebox";
import { principalOf } from "#domains/access/http/index.ts";
import type { AnswerFault } from "#domains/games/index.ts";
import { formatInstant } from "#kernel/time.ts";
import type { App } from "#platform/http/app.ts";
import { escapePointer, fault } from "#platform/http/field-faults.ts";
import { operation } from "#platform/http/operation.ts";
import { refuseFields } from "#platform/http/validation.ts";
import { answerQuestions, withdrawAnswers } from "../answers/answer-questions.ts";
import { readResults } from "../answers/read-results.ts";
import { findMember, type GameHttpDeps, sender, treeOf } from "./deps.ts";
import { GameParams, Instant, MemberGameParams } from "./schemas.ts";

const Answered = Type.Object(
  {
    game: Type.String(),
    answers: Type.Record(Type.String(), Type.Array(Type.String())),
    answeredAt: Instant,
    right: Type.Optional(Type.Integer({ description: "Of a quiz: questions answered right." })),
    hasPassed: Type.Boolean({ description: "Whether the reward is won; of a poll always." }),
    consent: Type.Optional(Type.Object({ version: Type.String(), at: Instant })),
  },
  { title: "GameAnswers" },
);
const EXAMPLE = {
  game: "pets",
  answers: { pet: ["cat"] },
  answeredAt: "2026-03-04T09:00:00.000Z",
  hasPassed: true,
  consent: { version: "2026-11", at: "2026-03-04T09:00:00.000Z" },
};

export const answerOperations = {
  putAnswers: operation({
    operationId: "putAnswers",
    tag: "Games",
    summary: "Answer a quiz once, or a poll until it closes",
    params: MemberGameParams,
    body: Type.Object(
      {
        answers: Type.Record(
          Type.String({ pattern: "^[a-z0-9][a-z0-9-]{0,62}$" }),
          Type.Array(Type.String({ minLength: 1, maxLength: 63 }), { maxItems: 100 }),
          { additionalProperties: false, maxProperties: 100, description: "By question the answers chosen." },
        ),
        consent: Type.Optional(
          Type.String({
            minLength: 1,
            maxLength: 64,
            description: "Version of the wording that the member agreed to: answers become attributes.",
          }),
        ),
      },
      { additionalProperties: false, title: "AnswersRequest" },
    ),
    status: 200,
    answer: Answered,
    problems: [
      "unknown-member",
      "unknown-game",
      "no-programme",
      "game-not-live",
      "already-answered",
      "consent-outdated",
    ],
    example: { body: { answers: { pet: ["cat"] }, consent: "2026-11" }, answer: EXAMPLE },
  }),
  withdrawConsent: operation({
    operationId: "withdrawConsent",
    tag: "Games",
    summary: "Withdraw the consent: the answers say no attributes from this moment",
    params: MemberGameParams,
    status: 200,
    answer: Type.Object({ game: Type.String(), state: Type.Literal("withdrawn") }, { title: "WithdrawnConsent" }),
    problems: ["unknown-member", "unknown-game", "no-programme"],
    example: { answer: { game: "at-home", state: "withdrawn" as const } },
  }),
  getResults: operation({
    operationId: "getResults",
    tag: "Games",
    summary: "Read how a quiz or poll was answered: counts rounded down to tens, nothing under 20 answers",
    params: GameParams,
    status: 200,
    answer: Type.Object(
      {
        game: Type.String(),
        answered: Type.Integer(),
        isTooFew: Type.Boolean(),
        questions: Type.Record(Type.String(), Type.Record(Type.String(), Type.Integer())),
      },
      { title: "GameResults" },
    ),
    problems: ["unknown-game", "no-programme"],
    example: {
      answer: { game: "pets", answered: 340, isTooFew: false, questions: { pet: { cat: 180, dog: 90, nobody: 60 } } },
    },
  }),
};

export function answerRoutes(deps: GameHttpDeps): (app: App) => void {
  const refuse = sender(deps);
  return (app) => {
    const path = "/v1/members/:memberId/games/:gameId";
    app.put(`${path}/answers`, { schema: answerOperations.putAnswers }, async (request, reply) => {
      const { memberId, gameId } = request.params;
      const member = await findMember(deps, request, memberId);
      if (member === undefined) return refuse(request, reply, { code: "unknown-member" });
      const { answers, consent } = request.body;
      const asked = { member, game: gameId, answers, ...(consent === undefined ? {} : { consent }) };
      const answered = await answerQuestions(deps, asked);
      if (!answered.ok) {
        const { failure } = answered;
        if (failure.code === "answers-invalid") throw refuseFields(failure.faults.map(answerFault));
        return refuse(request, reply, failure);
      }
      const { stored, hasPassed, replayed } = answered.value;
      if (replayed) reply.header("idempotency-replayed", "true");
      reply.send({
        game: gameId,
        answers: Object.fromEntries(
          Object.entries(stored.answers).map(([question, chosen]) => [question, [...chosen]]),
        ),
        answeredAt: formatInstant(stored.answeredAt),
        ...(stored.right === undefined ? {} : { right: stored.right }),
        hasPassed,
        ...(stored.consent === undefined || stored.withdrawnAt !== undefined
          ? {}
          : { consent: { version: stored.consent.version, at: formatInstant(stored.consent.at) } }),
      });
    });
    app.delete(`${path}/consent`, { schema: answerOperations.withdrawConsent }, async (request, reply) => {
      const { memberId, gameId } = request.params;
      const member = await findMember(deps, request, memberId);
      if (member === undefined) return refuse(request, reply, { code: "unknown-member" });
      const withdrawn = await withdrawAnswers(deps, await treeOf(deps, member), gameId);
      if (!withdrawn.ok) return refuse(request, reply, withdrawn.failure);
      reply.send({ game: gameId, state: "withdrawn" as const });
    });
    app.get("/v1/games/:gameId/results", { schema: answerOperations.getResults }, async (request, reply) => {
      const { gameId } = request.params;
      const { partner } = principalOf(request);
      const read = await readResults(deps, gameId, partner);
      if (!read.ok) return refuse(request, reply, read.failure);
      const { questions, ...told } = read.value;
      reply.send({ game: gameId, ...told, questions: { ...questions } });
    });
  };
}

const FAULTS: Record<AnswerFault["code"], { readonly ru: string; readonly en: string }> = {
  "unknown-question": { ru: "Такого вопроса нет.", en: "There is no such question." },
  "unknown-answer": { ru: "Такого ответа у вопроса нет.", en: "The question has no such answer." },
  unanswered: { ru: "На вопрос нужно ответить.", en: "The question needs an answer." },
  "too-many-answers": { ru: "Здесь выбирают один ответ.", en: "One answer is chosen here." },
  "answered-twice": { ru: "Один ответ указан дважды.", en: "One answer stands there twice." },
};

function answerFault({ code, question }: AnswerFault) {
  return fault(`/answers/${escapePointer(question)}`, code, FAULTS[code]);
}
