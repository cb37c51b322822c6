import { Type } from "typebox";
import { principalOf } from "#domains/access/http/index.ts";
import { listStops, type Stop, type WatchedGuards } from "#domains/guards/index.ts";
import { formatInstant } from "#kernel/time.ts";
import { sendOutcome } from "#platform/http/answer.ts";
import type { App } from "#platform/http/app.ts";
import { readCursor, writeCursor } from "#platform/http/cursor.ts";
import { badCursor, fault } from "#platform/http/field-faults.ts";
import { operation } from "#platform/http/operation.ts";
import type { ProblemRegistry } from "#platform/http/problem-registry.ts";
import { sendFailure } from "#platform/http/send.ts";
import { refuseFields } from "#platform/http/validation.ts";
import { resume, type SwitchDeps, stop } from "../switch.ts";
import { parseNumberedId, REASON } from "./numbered-id.ts";

const SCOPES = ["programme", "partner", "funder", "mission"] as const;
const WHAT = ["earning", "spending"] as const;

const StopSchema = Type.Object(
  {
    stop: Type.String({ description: "`stp_…`" }),
    scope: Type.Enum(SCOPES),
    id: Type.String({ description: "The programme, partner or mission." }),
    what: Type.Enum(WHAT),
    reason: Type.String(),
    stoppedBy: Type.String({ description: "The key that stopped it, or who did by the command line." }),
    stoppedAt: Type.String({ format: "date-time" }),
    resumedBy: Type.Optional(Type.String()),
    resumedAt: Type.Optional(Type.String({ format: "date-time" })),
    resumeReason: Type.Optional(Type.String()),
  },
  { title: "Stop" },
);

const EXAMPLE = {
  stop: "stp_17",
  scope: "partner" as const,
  id: "kalitka",
  what: "earning" as const,
  reason: "Receipts sent twice under new numbers; being looked into",
  stoppedBy: "key_7f3a",
  stoppedAt: "2026-06-15T09:00:00.000Z",
};

export const stopOperations = {
  createStop: operation({
    operationId: "createStop",
    tag: "Guards",
    summary: "Stop earning or spending: of the programme, at a partner, of a funder, of a mission",
    description:
      "Known to every process within a second. While earning is stopped, receipts are accepted with 0 points and a note that says so; a spend is refused with `spending-stopped`, and holds placed before are captured as ever. What is stopped already is answered as it stands.",
    body: Type.Object(
      {
        scope: Type.Enum(SCOPES, {
          description:
            "`partner`: what happens there. `funder`: rules and awards that the partner pays for, wherever they happen.",
        }),
        id: Type.Optional(
          Type.String({ maxLength: 63, pattern: "^[a-z0-9-]+$", description: "The partner or mission." }),
        ),
        what: Type.Enum(WHAT, { description: "`spending`: of the programme or at a partner." }),
        reason: REASON,
      },
      { additionalProperties: false, title: "NewStop" },
    ),
    status: 201,
    answer: StopSchema,
    problems: ["no-programme", "stop-subject"],
    isRepeatable: true,
    example: {
      body: { scope: "partner" as const, id: "kalitka", what: "earning" as const, reason: EXAMPLE.reason },
      answer: EXAMPLE,
    },
  }),
  listStops: operation({
    operationId: "listStops",
    tag: "Guards",
    summary: "List what is stopped, and what was: who, when, why; newest first",
    querystring: Type.Object(
      {
        state: Type.Optional(Type.Enum(["standing", "resumed"])),
        limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
        cursor: Type.Optional(Type.String({ maxLength: 200, pattern: "^[A-Za-z0-9_-]+$" })),
      },
      { additionalProperties: false },
    ),
    status: 200,
    answer: Type.Object({ items: Type.Array(StopSchema), next: Type.Optional(Type.String()) }, { title: "StopPage" }),
    problems: [],
    example: { answer: { items: [EXAMPLE] } },
  }),
  resumeStop: operation({
    operationId: "resumeStop",
    tag: "Guards",
    summary: "Let what was stopped go on",
    params: Type.Object({ stopId: Type.String({ maxLength: 24, description: "`stp_…`" }) }),
    body: Type.Object({ reason: REASON }, { additionalProperties: false, title: "Resume" }),
    status: 200,
    answer: StopSchema,
    problems: ["unknown-stop"],
    example: {
      body: { reason: "The store's software is mended" },
      answer: { ...EXAMPLE, resumedBy: "key_7f3a", resumedAt: "2026-06-15T10:00:00.000Z" },
    },
  }),
};

export type StopHttpDeps = SwitchDeps & {
  readonly problems: ProblemRegistry;
  /** This process knows at once; the others when they look. */
  readonly guards: Pick<WatchedGuards, "refresh"> | undefined;
};

export function stopRoutes(deps: StopHttpDeps): (app: App) => void {
  const { pool, problems } = deps;
  return (app) => {
    app.post("/v1/stops", { schema: stopOperations.createStop }, async (request, reply) => {
      const { scope, id, what, reason } = request.body;
      if ((scope === "programme") !== (id === undefined)) throw refuseFields([whose()]);
      if (what === "spending" && scope !== "programme" && scope !== "partner") throw refuseFields([onlyEarning()]);
      const by = principalOf(request).keyId;
      const stopped = await stop(deps, { scope, what, reason, by, ...(id === undefined ? {} : { id }) });
      await deps.guards?.refresh();
      sendOutcome(
        problems,
        request,
        reply,
        201,
        stopped.ok
          ? { ok: true, value: { replayed: !stopped.value.isNew, body: toJson(stopped.value.stop) } }
          : stopped,
      );
    });
    app.get("/v1/stops", { schema: stopOperations.listStops }, async (request, reply) => {
      const { state, limit, cursor } = request.query;
      const parts = cursor === undefined ? undefined : readCursor(cursor, ["int8"]);
      if (cursor !== undefined && !parts) throw refuseFields([{ in: "query", ...badCursor("/cursor") }]);
      const stops = await listStops(pool, {
        limit,
        ...(state === undefined ? {} : { isStanding: state === "standing" }),
        ...(parts ? { before: parts[0] as number } : {}),
      });
      const last = stops.length === limit ? stops.at(-1) : undefined;
      reply.send({ items: stops.map(toJson), ...(last ? { next: writeCursor([last.stopId]) } : {}) });
    });
    app.post("/v1/stops/:stopId/resume", { schema: stopOperations.resumeStop }, async (request, reply) => {
      const stopId = parseNumberedId("stp_", request.params.stopId);
      const { reason } = request.body;
      const by = principalOf(request).keyId;
      const resumed = stopId === undefined ? undefined : await resume(deps, { stopId, by, reason });
      if (!resumed) return sendFailure(problems, request, reply, { code: "unknown-stop" });
      await deps.guards?.refresh();
      reply.send(toJson(resumed));
    });
  };
}

function whose() {
  return fault("/id", "stop-id", {
    ru: "Укажите id партнёра или задания; у программы его нет.",
    en: "Give the partner's or mission's id; the programme has none.",
  });
}

function onlyEarning() {
  return fault("/what", "stop-what", {
    ru: "Списание останавливают у партнёра или во всей программе.",
    en: "Spending is stopped at a partner or in the whole programme.",
  });
}

export function toJson(stop: Stop) {
  const { stopId, subject, stoppedAt, resumedAt, ...rest } = stop;
  return {
    stop: `stp_${stopId}`,
    id: subject,
    ...rest,
    stoppedAt: formatInstant(stoppedAt),
    ...(resumedAt === undefined ? {} : { resumedAt: formatInstant(resumedAt) }),
  };
}
