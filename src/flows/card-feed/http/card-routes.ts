import { type Static, Type } from "typebox";
import { principalOf } from "#domains/access/http/index.ts";
import { memberIds } from "#kernel/ids.ts";
import { MAX_AMOUNT } from "#kernel/money.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import { formatInstant, parseInstant } from "#kernel/time.ts";
import { sendOutcome } from "#platform/http/answer.ts";
import type { App } from "#platform/http/app.ts";
import { badTime, fault } from "#platform/http/field-faults.ts";
import { NDJSON } from "#platform/http/ndjson.ts";
import { type NdjsonRouteDeps, ndjsonRoute } from "#platform/http/ndjson-route.ts";
import { operation } from "#platform/http/operation.ts";
import type { Failure, FieldFault } from "#platform/http/problem.ts";
import { sendFailure } from "#platform/http/send.ts";
import { type CardMessage, isCardNumber } from "../core/message.ts";
import { type CardFeedDeps, getMessage, takeMessage } from "../take-message.ts";

const PLAIN = "^[^\\u0000-\\u001f\\u007f]+$";
const plain = (maxLength: number, description: string) =>
  Type.String({ minLength: 1, maxLength, pattern: PLAIN, description });

const CardTransactionSchema = Type.Object(
  {
    bank: Type.String({ minLength: 1, maxLength: 64, pattern: "^[a-z0-9][a-z0-9._-]*$", description: "The partner." }),
    id: plain(64, "Your own id of this message, unique for good."),
    kind: Type.Enum(["authorisation", "clearing", "reversal", "refund"], {
      description: "Money has moved with a clearing; only that earns. A reversal or refund undoes all or a part of it.",
    }),
    of: Type.Optional(
      plain(64, "Id of the message that this one follows: a clearing its authorisation, a refund its clearing."),
    ),
    token: plain(128, "The card's token. Never a card number: what looks like one is refused."),
    at: Type.String({
      format: "date-time",
      maxLength: 40,
      description: "When the member paid, of a clearing too; of a reversal or refund, when that happened.",
    }),
    amountKopecks: Type.Integer({ minimum: 1, maximum: MAX_AMOUNT, description: "Kopecks, above 0 for every kind." }),
    mcc: Type.String({ pattern: "^\\d{4}$", description: "Merchant category code." }),
    merchant: Type.Optional(plain(64, "Your id of the merchant.")),
  },
  { additionalProperties: false, title: "CardTransaction" },
);
type CardJson = Static<typeof CardTransactionSchema>;

const AnswerSchema = Type.Object(
  { bank: Type.String(), id: Type.String(), kind: Type.String(), at: Type.String({ format: "date-time" }) },
  { title: "CardTransactionAccepted" },
);
const StateSchema = Type.Object(
  {
    ...AnswerSchema.properties,
    receivedAt: Type.String({ format: "date-time" }),
    amountKopecks: Type.Integer(),
    mcc: Type.String(),
    state: Type.Enum(["noted", "due", "unmatched", "posted", "excluded", "refused"], {
      description:
        "noted: nothing follows, or it waits for what it undoes; due: about to be posted; unmatched: nobody has the token yet; excluded: by MCC or merchant.",
    }),
    reason: Type.Optional(Type.String()),
    member: Type.Optional(Type.String()),
    receiptId: Type.Optional(Type.String({ description: "The receipt that it became, or that it returns." })),
  },
  { title: "CardTransactionState" },
);

const EXAMPLE = {
  bank: "kubyshka",
  id: "clr-2026-0317-1",
  kind: "clearing" as const,
  of: "auth-2026-0317-1",
  token: "tok_9f2c41",
  at: "2026-03-17T19:20:00+03:00",
  amountKopecks: 250_000,
  mcc: "5812",
};
const ANSWER_EXAMPLE = {
  bank: "kubyshka",
  id: "clr-2026-0317-1",
  kind: "clearing",
  at: "2026-03-17T16:20:00.000Z",
};
const REFUSALS = [
  "no-programme",
  "forbidden-partner",
  "no-card-feed",
  "card-transaction-in-future",
  "idempotency-conflict",
] as const;

export const cardOperations = {
  createCardTransaction: operation({
    operationId: "createCardTransaction",
    tag: "Card transactions",
    summary: "Tell of a card payment outside of the coalition: authorisation, clearing, reversal, refund",
    description:
      "Bank and id make the key. Late ones and any order end where they would have ended in order: a clearing earns by the programme of its own time, a refund that comes first waits for it.",
    body: CardTransactionSchema,
    status: 201,
    answer: AnswerSchema,
    problems: REFUSALS,
    isRepeatable: true,
    example: { body: EXAMPLE, answer: ANSWER_EXAMPLE },
  }),
  createCardTransactionBatch: operation({
    operationId: "createCardTransactionBatch",
    tag: "Card transactions",
    summary: "Tell of many card payments: NDJSON in, an answer per line out",
    description:
      "One message a line; gzip and zstd are taken. A line that is refused stops no other; the batch may be sent again.",
    body: CardTransactionSchema,
    consumes: [NDJSON],
    status: 200,
    answer: Type.Object(
      {
        line: Type.Integer({ description: "Which line this answers, from 1." }),
        status: Type.Integer({ description: "As the line would have got alone." }),
        replayed: Type.Boolean(),
        body: AnswerSchema,
      },
      { title: "CardTransactionBatchAnswer", description: "`body` is a problem where `status` is 400 or more." },
    ),
    produces: NDJSON,
    problems: REFUSALS,
    example: { body: EXAMPLE, answer: { line: 1, status: 201, replayed: false, body: ANSWER_EXAMPLE } },
  }),
  getCardTransaction: operation({
    operationId: "getCardTransaction",
    tag: "Card transactions",
    summary: "Read how a card payment stands: posted, excluded and why, or waiting",
    params: Type.Object({ bank: Type.String(), transactionId: Type.String({ description: "The bank's own id." }) }),
    status: 200,
    answer: StateSchema,
    problems: ["unknown-card-transaction"],
    example: {
      answer: {
        ...ANSWER_EXAMPLE,
        ...{ receivedAt: "2026-03-18T02:00:00.000Z", amountKopecks: 250_000, mcc: "5812", state: "posted" as const },
        ...{ member: "mem_000000000z8", receiptId: "rcp_abqwyx14s7k4jpwz3k5njp4y24" },
      },
    },
  }),
};

export type CardHttpDeps = CardFeedDeps & NdjsonRouteDeps;

export function cardRoutes(deps: CardHttpDeps): (app: App) => void {
  const { problems } = deps;
  const batch = ndjsonRoute(deps, {
    path: "/v1/card-transactions/batch",
    schema: cardOperations.createCardTransactionBatch,
    body: CardTransactionSchema,
    status: 201,
    open: async (request) => {
      const principal = principalOf(request);
      return async (line) => {
        const mapped = toMessage(line as CardJson);
        return mapped.ok ? takeMessage(deps, mapped.value, principal) : mapped;
      };
    },
  });
  return (app) => {
    app.post("/v1/card-transactions", { schema: cardOperations.createCardTransaction }, async (request, reply) => {
      const mapped = toMessage(request.body as CardJson);
      const outcome = mapped.ok ? await takeMessage(deps, mapped.value, principalOf(request)) : mapped;
      sendOutcome(problems, request, reply, 201, outcome);
    });
    batch(app);
    const path = "/v1/card-transactions/:bank/:transactionId";
    app.get(path, { schema: cardOperations.getCardTransaction }, async (request, reply) => {
      const { bank, transactionId } = request.params;
      const found = await getMessage(deps, bank, transactionId, principalOf(request));
      if (!found.ok) return void sendFailure(problems, request, reply, found.failure as Failure);
      const { id, kind, at, receivedAt, amountKopecks, mcc, state, reason, member, receiptId } = found.value;
      reply.send({
        ...{ bank, id, kind, amountKopecks, mcc, state },
        at: formatInstant(at),
        receivedAt: formatInstant(receivedAt),
        ...(reason === undefined ? {} : { reason }),
        ...(member === undefined ? {} : { member: memberIds.format(member) }),
        ...(receiptId === undefined ? {} : { receiptId }),
      });
    });
  };
}

type MappingFailure = { readonly code: "invalid-request"; readonly faults: readonly FieldFault[] };

function toMessage(json: CardJson): Result<CardMessage, MappingFailure> {
  const at = parseInstant(json.at);
  const faults: FieldFault[] = [];
  if (at === undefined) faults.push(badTime("/at"));
  if (isCardNumber(json.token)) {
    faults.push(
      fault("/token", "card-number", {
        ru: "Это номер карты. Номера карт не принимаются: нужен токен.",
        en: "This is a card number. Card numbers are not taken: a token is needed.",
      }),
    );
  }
  const needsOf = json.kind === "refund" || json.kind === "reversal";
  if (needsOf && json.of === undefined) {
    faults.push(
      fault("/of", "required", {
        ru: "Возврат и отмена называют операцию, которую отменяют.",
        en: "A refund and a reversal name what they undo.",
      }),
    );
  }
  if (at === undefined || faults.length > 0) return err({ code: "invalid-request", faults });
  const { bank, id, kind, of, token, amountKopecks, mcc, merchant } = json;
  return ok({
    ...{ bank, id, kind, token, at, amountKopecks, mcc },
    ...(of === undefined ? {} : { of }),
    ...(merchant === undefined ? {} : { merchant }),
  });
}
