import { Type } from "typebox";
import { principalOf } from "#domains/access/http/index.ts";
import { type FunderEntry, listEntries } from "#domains/limits/index.ts";
import type { CompiledProgramme } from "#domains/program/index.ts";
import { err, ok } from "#kernel/result.ts";
import { formatInstant } from "#kernel/time.ts";
import { sendOutcome } from "#platform/http/answer.ts";
import type { App } from "#platform/http/app.ts";
import { readCursor, writeCursor } from "#platform/http/cursor.ts";
import { badCursor } from "#platform/http/field-faults.ts";
import { operation } from "#platform/http/operation.ts";
import type { ProblemRegistry } from "#platform/http/problem-registry.ts";
import { sendFailure } from "#platform/http/send.ts";
import { refuseFields } from "#platform/http/validation.ts";
import { enterFunds, type FundsDeps } from "../enter-funds.ts";
import { type FunderNow, readFunders } from "../funders/read-funders.ts";
import {
  DepositSchema,
  ENTRY_EXAMPLE,
  EntrySchema,
  FUNDER_EXAMPLE,
  FunderParams,
  FunderSchema,
} from "./funder-schemas.ts";

const Rate = Type.Object(
  {
    redemptionBp: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 10_000,
        description: "Share of outstanding points expected to be spent; `policies.expectedRedemption` unless given.",
      }),
    ),
  },
  { additionalProperties: false },
);

export const funderOperations = {
  listFunders: operation({
    operationId: "listFunders",
    tag: "Funders",
    summary: "List what each partner owes for its points, and what covers it",
    description: "As it is now. A partner sees itself only. Who has left the programme stays while it owes anything.",
    querystring: Rate,
    status: 200,
    answer: Type.Object({ items: Type.Array(FunderSchema) }, { title: "FunderList" }),
    problems: ["no-programme"],
    example: { answer: { items: [FUNDER_EXAMPLE] } },
  }),
  getFunder: operation({
    operationId: "getFunder",
    tag: "Funders",
    summary: "Read what a partner owes for its points, and what covers it",
    params: FunderParams,
    querystring: Rate,
    status: 200,
    answer: FunderSchema,
    problems: ["no-programme", "unknown-funder"],
    example: { answer: FUNDER_EXAMPLE },
  }),
  createDeposit: operation({
    operationId: "createDeposit",
    tag: "Funders",
    summary: "Enter a deposit, a top-up or a withdrawal of a prepaid partner",
    description:
      "Tills give points out of it within a second; awards that wait for it come first. A withdrawal can't take what is with members or waits.",
    params: FunderParams,
    headers: Type.Object({
      "idempotency-key": Type.String({
        minLength: 1,
        maxLength: 200,
        pattern: "^[\\x21-\\x7e]+$",
        description: "Names this entry among the partner's; kept for good. A repeat gets the same answer.",
      }),
    }),
    body: DepositSchema,
    status: 201,
    answer: EntrySchema,
    problems: ["no-programme", "unknown-funder", "funder-not-prepaid", "deposit-short", "idempotency-conflict"],
    isRepeatable: true,
    example: { body: { amountKopecks: 50_000_000, note: ENTRY_EXAMPLE.note }, answer: ENTRY_EXAMPLE },
  }),
  listDeposits: operation({
    operationId: "listDeposits",
    tag: "Funders",
    summary: "List a partner's deposits and withdrawals, newest first",
    params: FunderParams,
    querystring: Type.Object(
      {
        limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 }),
        cursor: Type.Optional(Type.String({ maxLength: 300, pattern: "^[A-Za-z0-9_-]+$" })),
      },
      { additionalProperties: false },
    ),
    status: 200,
    answer: Type.Object(
      { items: Type.Array(EntrySchema), next: Type.Optional(Type.String()) },
      { title: "DepositPage" },
    ),
    problems: [],
    example: { answer: { items: [ENTRY_EXAMPLE] } },
  }),
};

export type FunderHttpDeps = FundsDeps & { readonly problems: ProblemRegistry };

export function funderRoutes(deps: FunderHttpDeps): (app: App) => void {
  return (app) => {
    exposureRoutes(deps, app);
    depositRoutes(deps, app);
  };
}

function exposureRoutes({ pool, programmes, problems }: FunderHttpDeps, app: App): void {
  app.get("/v1/funders", { schema: funderOperations.listFunders }, async (request, reply) => {
    if (!programmes.latest) return void sendFailure(problems, request, reply, { code: "no-programme" });
    const { partner } = principalOf(request);
    const programme = programmes.current();
    const rate = request.query.redemptionBp ?? programme.policies.expectedRedemptionBp;
    const all = await readFunders(pool, programme, rate);
    const seen = all.filter(({ funder }) => partner === undefined || funder === partner);
    reply.send({ items: seen.map((each) => funderJson(each, programme, rate)) });
  });
  app.get("/v1/funders/:partner", { schema: funderOperations.getFunder }, async (request, reply) => {
    if (!programmes.latest) return void sendFailure(problems, request, reply, { code: "no-programme" });
    const programme = programmes.current();
    const rate = request.query.redemptionBp ?? programme.policies.expectedRedemptionBp;
    const found = (await readFunders(pool, programme, rate)).find(({ funder }) => funder === request.params.partner);
    if (!found) return void sendFailure(problems, request, reply, { code: "unknown-funder" });
    reply.send(funderJson(found, programme, rate));
  });
}

function depositRoutes(deps: FunderHttpDeps, app: App): void {
  const { pool, problems } = deps;
  const path = "/v1/funders/:partner/deposits";
  app.post(path, { schema: funderOperations.createDeposit }, async (request, reply) => {
    const { kind = "deposit", amountKopecks, note = "" } = request.body;
    const entered = await enterFunds(deps, {
      funder: request.params.partner,
      key: request.headers["idempotency-key"],
      kind,
      amountKopecks,
      note,
      by: principalOf(request).keyId,
    });
    const outcome = entered.ok
      ? ok({ replayed: entered.value.isReplay, body: entryJson(entered.value.entry) })
      : err(entered.failure);
    sendOutcome(problems, request, reply, 201, outcome);
  });
  app.get(path, { schema: funderOperations.listDeposits }, async (request, reply) => {
    const { limit, cursor } = request.query;
    const before = cursor === undefined ? [2 ** 31 - 1] : readCursor(cursor, ["int4"]);
    if (before === undefined) throw refuseFields([{ in: "query", ...badCursor("/cursor") }]);
    const rows = await listEntries(pool, request.params.partner, Number(before[0]), limit + 1);
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    reply.send({
      items: items.map(entryJson),
      ...(rows.length > limit && last ? { next: writeCursor([last.entry]) } : {}),
    });
  });
}

function funderJson({ funder, cover, lastAlert, ...sums }: FunderNow, programme: CompiledProgramme, rate: number) {
  return {
    partner: funder,
    funding: programme.partners.get(funder)?.funding ?? ("postpaid" as const),
    redemptionBp: rate,
    ...sums,
    ...(cover === undefined ? {} : { cover: coverJson(cover) }),
    ...(lastAlert === undefined ? {} : { alert: { state: lastAlert.state, at: formatInstant(lastAlert.at) } }),
  };
}

function coverJson({ mode: _, ...cover }: NonNullable<FunderNow["cover"]>) {
  return cover;
}

function entryJson({ funder, entry, kind, amountKopecks, amountCents, depositedCents, note, ...who }: FunderEntry) {
  return {
    partner: funder,
    ...{ entry, kind, amountKopecks, pointsCents: amountCents, depositedCents, note },
    by: who.enteredBy,
    at: formatInstant(who.enteredAt),
  };
}
