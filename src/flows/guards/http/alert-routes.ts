import { Type } from "typebox";
import { principalOf } from "#domains/access/http/index.ts";
import { listAlerts, readAlert } from "#domains/guards/index.ts";
import { memberIds } from "#kernel/ids.ts";
import type { App } from "#platform/http/app.ts";
import { readCursor, writeCursor } from "#platform/http/cursor.ts";
import { badCursor, fault } from "#platform/http/field-faults.ts";
import { operation } from "#platform/http/operation.ts";
import type { Failure } from "#platform/http/problem.ts";
import type { ProblemRegistry } from "#platform/http/problem-registry.ts";
import { sendFailure } from "#platform/http/send.ts";
import { refuseFields } from "#platform/http/validation.ts";
import { type AlertDeps, decideAlert } from "../decide-alert.ts";
import { parseAlertId, renderAlert } from "../render.ts";

const ID = { maxLength: 40, description: "`alr_…`" };

const AlertSchema = Type.Object(
  {
    alert: Type.String({ description: "`alr_…`" }),
    raisedAt: Type.String({ format: "date-time" }),
    action: Type.Enum(["allow", "review", "refuse"], { description: "What was done with the request." }),
    state: Type.Enum(["noted", "open", "released", "taken-back", "refused"], {
      description: "`open` waits for a decision: the points of that purchase are pending.",
    }),
    kind: Type.Enum(["purchase", "hold"]),
    hits: Type.Array(
      Type.Object({
        rule: Type.String({ description: "The velocity rule." }),
        measured: Type.Number({
          description: "What the request made of its measure: times, kopecks, hundredths of a point, ms apart.",
        }),
      }),
    ),
    partner: Type.String(),
    store: Type.Optional(Type.String()),
    till: Type.Optional(Type.String()),
    member: Type.Optional(Type.String()),
    operation: Type.Optional(Type.String({ description: "What was posted; absent for what was refused." })),
    receiptId: Type.Optional(Type.String()),
    pointsCents: Type.Integer({ description: "Earned by it, or set aside by a hold; hundredths of a point." }),
    attempts: Type.Integer({ description: "How often a refused request was tried." }),
    decidedAt: Type.Optional(Type.String({ format: "date-time" })),
    decidedBy: Type.Optional(Type.String({ description: "The key that decided." })),
    note: Type.Optional(Type.String()),
    decision: Type.Optional(Type.String({ description: "The operation that released the points or took them back." })),
  },
  { title: "Alert" },
);

const EXAMPLE = {
  alert: "alr_0123456789abcdef0123456789abcdef",
  raisedAt: "2026-06-15T09:00:00.000Z",
  action: "review" as const,
  state: "open" as const,
  kind: "purchase" as const,
  hits: [{ rule: "card-often", measured: 6 }],
  partner: "kalitka",
  store: "kalitka-1",
  till: "3",
  member: "mem_0000000019j",
  operation: "op_0000000019j00000a",
  receiptId: "rcp_5m2vq8z0c4t7x1nrhw9kd3efag",
  pointsCents: 3_014,
  attempts: 1,
};

export const alertOperations = {
  listAlerts: operation({
    operationId: "listAlerts",
    tag: "Guards",
    summary: "List what velocity rules noticed, newest first; `state=open` is the queue of decisions",
    querystring: Type.Object(
      {
        state: Type.Optional(Type.Enum(["noted", "open", "released", "taken-back", "refused"])),
        rule: Type.Optional(Type.String({ maxLength: 63, pattern: "^[a-z0-9-]+$" })),
        partner: Type.Optional(Type.String({ maxLength: 63, pattern: "^[a-z0-9-]+$" })),
        member: Type.Optional(Type.String({ maxLength: 32, description: "`mem_…`" })),
        limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
        cursor: Type.Optional(Type.String({ maxLength: 200, pattern: "^[A-Za-z0-9_-]+$" })),
      },
      { additionalProperties: false },
    ),
    status: 200,
    answer: Type.Object({ items: Type.Array(AlertSchema), next: Type.Optional(Type.String()) }, { title: "AlertPage" }),
    problems: [],
    example: { answer: { items: [EXAMPLE] } },
  }),
  getAlert: operation({
    operationId: "getAlert",
    tag: "Guards",
    summary: "Read an alert",
    params: Type.Object({ alertId: Type.String(ID) }),
    status: 200,
    answer: AlertSchema,
    problems: ["unknown-alert"],
    example: { answer: EXAMPLE },
  }),
  decideAlert: operation({
    operationId: "decideAlert",
    tag: "Guards",
    summary: "Let the points of a purchase go, or take them back",
    description: "By an operation of the member, once; the same decision again is answered as the first was.",
    params: Type.Object({ alertId: Type.String(ID) }),
    body: Type.Object(
      {
        decision: Type.Enum(["release", "take-back"]),
        note: Type.String({ minLength: 1, maxLength: 500, description: "Why, for the record." }),
      },
      { additionalProperties: false, title: "AlertDecision" },
    ),
    status: 200,
    answer: AlertSchema,
    problems: ["unknown-alert", "alert-not-open", "no-programme", "overloaded"],
    example: {
      body: { decision: "release" as const, note: "A wholesale order, confirmed by the store" },
      answer: { ...EXAMPLE, state: "released" as const },
    },
  }),
};

export type AlertHttpDeps = AlertDeps & { readonly problems: ProblemRegistry };

/** What velocity rules noticed, and the queue of decisions. */
export function alertRoutes(deps: AlertHttpDeps): (app: App) => void {
  const { pool, problems } = deps;
  return (app) => {
    app.get("/v1/alerts", { schema: alertOperations.listAlerts }, async (request, reply) => {
      const { cursor, limit, member: named, ...filter } = request.query;
      const parts = cursor === undefined ? undefined : readCursor(cursor, ["int8", "text"]);
      const isBad = cursor !== undefined && (parts === undefined || !/^[0-9a-f]{32}$/.test(String(parts[1])));
      if (isBad) throw refuseFields([{ in: "query", ...badCursor("/cursor") }]);
      const member = named === undefined ? undefined : memberIds.parse(named);
      if (named !== undefined && member === undefined) throw refuseFields([{ in: "query", ...badMember() }]);
      const alerts = await listAlerts(pool, {
        ...filter,
        limit,
        ...(member === undefined ? {} : { member }),
        ...(parts ? { before: [parts[0] as number, parts[1] as string] as const } : {}),
      });
      const last = alerts.length === limit ? alerts.at(-1) : undefined;
      reply.send({
        items: alerts.map(renderAlert),
        ...(last ? { next: writeCursor([last.raisedAt, last.alertId]) } : {}),
      });
    });
    app.get("/v1/alerts/:alertId", { schema: alertOperations.getAlert }, async (request, reply) => {
      const id = parseAlertId(request.params.alertId);
      const alert = id === undefined ? undefined : await readAlert(pool, id);
      if (!alert) return sendFailure(problems, request, reply, { code: "unknown-alert" });
      reply.send(renderAlert(alert));
    });
    app.post("/v1/alerts/:alertId/decision", { schema: alertOperations.decideAlert }, async (request, reply) => {
      const alertId = parseAlertId(request.params.alertId);
      if (alertId === undefined) return sendFailure(problems, request, reply, { code: "unknown-alert" });
      const decided = await decideAlert(deps, { alertId, ...request.body, by: principalOf(request).keyId });
      if (!decided.ok) return sendFailure(problems, request, reply, decided.failure as Failure);
      reply.send(renderAlert(decided.value));
    });
  };
}

function badMember() {
  return fault("/member", "member-id", { ru: "Нужен номер участника, mem_….", en: "A member's id is needed, mem_…." });
}
