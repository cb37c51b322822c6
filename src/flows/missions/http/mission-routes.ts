import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { type Principal, principalOf } from "#domains/access/http/index.ts";
import type { MaySeeMember } from "#domains/ledger/http/index.ts";
import {
  type CompletionCursor,
  listCompletions,
  listMissions,
  readMission,
  readMissionLog,
  type Stated,
  type StoredMission,
} from "#domains/missions/index.ts";
import { memberIds, operationIds } from "#kernel/ids.ts";
import type { Result } from "#kernel/result.ts";
import { firstDayOf, formatDay, formatInstant, lastDayOf, parseDay, parseMonth } from "#kernel/time.ts";
import type { App } from "#platform/http/app.ts";
import { readCursor, writeCursor } from "#platform/http/cursor.ts";
import { badCursor, fault } from "#platform/http/field-faults.ts";
import { operation } from "#platform/http/operation.ts";
import type { Failure } from "#platform/http/problem.ts";
import type { ProblemRegistry } from "#platform/http/problem-registry.ts";
import { sendFailure } from "#platform/http/send.ts";
import { refuseFields } from "#platform/http/validation.ts";
import type { FileFault } from "#platform/yaml/faults.ts";
import type { Closed, Ladder } from "../ladder/ladder.ts";
import { readLadders } from "../ladder/read-ladder.ts";
import { changeMissionState } from "../manage/change-state.ts";
import { draftMissions, type ManageDeps } from "../manage/draft-missions.ts";
import { makeForecast } from "../manage/make-forecast.ts";
import {
  CompletionSchema,
  DOCUMENT_EXAMPLE,
  FORECAST_EXAMPLE,
  LADDERS_EXAMPLE,
  LaddersSchema,
  MISSION_EXAMPLE,
  MissionAnswerSchema,
  StatedSchema,
} from "./mission-schemas.ts";

const STATE_PROBLEMS = ["unknown-mission", "no-programme", "mission-state"] as const;
const Params = Type.Object({ missionId: Type.String({ description: "The mission's id in its file." }) });
const Comment = Type.Object(
  { comment: Type.Optional(Type.String({ maxLength: 500, description: "Why, for the record." })) },
  { additionalProperties: false, title: "MissionAction" },
);

const stateOperation = <const Id extends string>(operationId: Id, summary: string, problems: readonly string[]) =>
  operation({
    operationId,
    tag: "Missions",
    summary,
    params: Params,
    body: Comment,
    status: 200,
    answer: MissionAnswerSchema,
    problems: [...STATE_PROBLEMS, ...problems],
    example: { body: { comment: "As agreed" }, answer: { ...MISSION_EXAMPLE, state: "live" as const } },
  });

export const missionOperations = {
  putMission: operation({
    operationId: "putMission",
    tag: "Missions",
    summary: "Draft a mission, or edit the draft",
    description:
      "The body is a mission as in a file of missions. What was approved never changes: a new mission takes a new id.",
    params: Params,
    body: Type.Object({}, { additionalProperties: true, title: "MissionDocument" }),
    status: 200,
    answer: MissionAnswerSchema,
    problems: ["no-programme", "forbidden-partner", "mission-approved"],
    example: { body: DOCUMENT_EXAMPLE, answer: MISSION_EXAMPLE },
  }),
  listMissions: operation({
    operationId: "listMissions",
    tag: "Missions",
    summary: "List missions: a partner's own, or all",
    status: 200,
    answer: Type.Object({ items: Type.Array(MissionAnswerSchema) }, { title: "MissionList" }),
    problems: [],
    example: { answer: { items: [MISSION_EXAMPLE] } },
  }),
  getMission: operation({
    operationId: "getMission",
    tag: "Missions",
    summary: "Read a mission with its forecast and who did what with it",
    params: Params,
    status: 200,
    answer: MissionAnswerSchema,
    problems: ["unknown-mission"],
    example: { answer: MISSION_EXAMPLE },
  }),
  forecastMission: operation({
    operationId: "forecastMission",
    tag: "Missions",
    summary: "Forecast who will do a draft's task and what that costs, with what it rests on",
    description:
      "Who does it: members' own events and receipts tell who would anyway, finished missions how many a reward wins. What it costs: sampled members' receipts priced again with the boost and its caps. Each assumption can be stated instead; the forecast is kept with the draft, and whoever approves it sees both.",
    params: Params,
    body: Type.Object(
      { assumptions: Type.Optional(StatedSchema) },
      { additionalProperties: false, title: "ForecastRequest" },
    ),
    status: 200,
    answer: MissionAnswerSchema,
    problems: [...STATE_PROBLEMS, "mission-unfit"],
    example: {
      body: { assumptions: { won: { low: 50, expected: 150, high: 300 } } },
      answer: { ...MISSION_EXAMPLE, forecast: FORECAST_EXAMPLE },
    },
  }),
  approveMission: stateOperation("approveMission", "Approve a draft that somebody else wrote: it goes live", [
    "mission-needs-forecast",
    "mission-own-approval",
    "mission-over",
    "mission-unfit",
    "programme-conflict",
  ]),
  pauseMission: stateOperation("pauseMission", "Pause a mission: what happens meanwhile does not count", []),
  resumeMission: stateOperation("resumeMission", "Let a paused mission go on", ["mission-over"]),
  endMission: stateOperation("endMission", "End a mission for good; what was won stays", []),
  listCompletions: operation({
    operationId: "listCompletions",
    tag: "Missions",
    summary: "List who completed a mission in a month: the event, the operation and the fee of each",
    description: "The fees of a month sum to the mission's fee line in that month's settlement.",
    params: Params,
    querystring: Type.Object(
      {
        month: Type.String({ pattern: "^\\d{4}-\\d{2}$", description: "YYYY-MM, by accounting day." }),
        limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 }),
        cursor: Type.Optional(Type.String({ maxLength: 200, pattern: "^[A-Za-z0-9_-]+$" })),
      },
      { additionalProperties: false },
    ),
    status: 200,
    answer: Type.Object(
      { items: Type.Array(CompletionSchema), next: Type.Optional(Type.String()) },
      { title: "CompletionPage" },
    ),
    problems: ["unknown-mission"],
    example: {
      answer: {
        items: [
          {
            member: "mem_000000000z8",
            kind: "given" as const,
            operation: "op_000000000z800000d",
            pointsCents: 0,
            doneAt: "2026-03-05T09:30:00.000Z",
            event: { partner: "kubyshka", id: "issue-2026-000317" },
            feeKopecks: 150_000,
            feePartner: "kubyshka",
            accountingDay: "2026-03-05",
          },
        ],
      },
    },
  }),
  getLadder: operation({
    operationId: "getLadder",
    tag: "Missions",
    summary: "Read a member's ladders: rungs, progress, what each adds, and why a rung is closed",
    params: Type.Object({ memberId: Type.String({ description: "`mem_…`" }) }),
    status: 200,
    answer: LaddersSchema,
    problems: ["unknown-member", "no-programme"],
    example: { answer: LADDERS_EXAMPLE },
  }),
};

export type MissionHttpDeps = ManageDeps & {
  readonly problems: ProblemRegistry;
  readonly maySeeMember: MaySeeMember;
};

export function missionRoutes(deps: MissionHttpDeps): (app: App) => void {
  return (app) => {
    draftRoutes(deps, app);
    stateRoutes(deps, app);
    readRoutes(deps, app);
  };
}

type Send = (request: FastifyRequest, reply: FastifyReply, failure: { readonly code: string }) => void;

function sender({ problems }: MissionHttpDeps): Send {
  return (request, reply, failure) => sendFailure(problems, request, reply, failure as Failure);
}

function draftRoutes(deps: MissionHttpDeps, app: App): void {
  const refuse = sender(deps);
  app.put("/v1/missions/:missionId", { schema: missionOperations.putMission }, async (request, reply) => {
    const { missionId } = request.params;
    const principal = principalOf(request);
    const text = JSON.stringify({ format: 1, missions: { [missionId]: request.body } });
    const drafted = await draftMissions(deps, {
      file: { text, name: missionId },
      who: principal.keyId,
      comment: "",
      ...ofPartner(principal),
    });
    if (drafted.ok) return void reply.send(await answerOf(deps, missionId));
    if (drafted.failure.code === "missions-invalid") throw refuseFields(drafted.failure.errors.map(toFieldFault));
    refuse(request, reply, drafted.failure);
  });
  app.post(
    "/v1/missions/:missionId/forecast",
    { schema: missionOperations.forecastMission },
    async (request, reply) => {
      const principal = principalOf(request);
      const { assumptions } = request.body;
      const faults = misordered(assumptions ?? {});
      if (faults.length > 0) throw refuseFields(faults);
      const made = await makeForecast(deps, {
        mission: request.params.missionId,
        who: principal.keyId,
        ...(assumptions === undefined ? {} : { assumptions }),
        ...ofPartner(principal),
      });
      await answer(deps, request, reply, made);
    },
  );
}

function stateRoutes(deps: MissionHttpDeps, app: App): void {
  for (const action of ["approve", "pause", "resume", "end"] as const) {
    const schema = missionOperations[`${action}Mission`];
    app.post(`/v1/missions/:missionId/${action}`, { schema }, async (request, reply) => {
      const principal = principalOf(request);
      const changed = await changeMissionState(deps, {
        mission: request.params.missionId,
        action,
        who: principal.keyId,
        comment: request.body.comment ?? "",
        ...ofPartner(principal),
      });
      await answer(deps, request, reply, changed);
    });
  }
}

function readRoutes(deps: MissionHttpDeps, app: App): void {
  const refuse = sender(deps);
  const { pool, clock } = deps;
  app.get("/v1/missions", { schema: missionOperations.listMissions }, async (request, reply) => {
    const { partner } = principalOf(request);
    const all = await listMissions(pool);
    const own = all.filter((mission) => partner === undefined || mission.partner === partner);
    reply.send({ items: own.map((mission) => missionJson(mission)) });
  });
  app.get("/v1/missions/:missionId", { schema: missionOperations.getMission }, async (request, reply) => {
    const { missionId } = request.params;
    const mission = await visible(deps, principalOf(request), missionId);
    if (!mission) return refuse(request, reply, { code: "unknown-mission" });
    reply.send(await answerOf(deps, missionId));
  });
  app.get(
    "/v1/missions/:missionId/completions",
    { schema: missionOperations.listCompletions },
    async (request, reply) => {
      const { month: text, limit, cursor } = request.query;
      const month = parseMonth(text);
      const after = cursor === undefined ? FIRST : readPosition(cursor);
      if (month === undefined) {
        throw refuseFields([
          { in: "query", ...fault("/month", "bad-day", { ru: "Это не месяц.", en: "Not a month." }) },
        ]);
      }
      if (after === undefined) throw refuseFields([{ in: "query", ...badCursor("/cursor") }]);
      const mission = await visible(deps, principalOf(request), request.params.missionId);
      if (!mission) return refuse(request, reply, { code: "unknown-mission" });
      const days = { first: formatDay(firstDayOf(month)), last: formatDay(lastDayOf(month)) };
      const rows = await listCompletions(pool, mission.id, days, after, limit + 1);
      const items = rows.slice(0, limit);
      const last = items.at(-1);
      const next =
        rows.length > limit && last
          ? { next: writeCursor([last.accountingDay, memberIds.format(last.member), last.turn]) }
          : {};
      reply.send({ items: items.map(completionJson), ...next });
    },
  );
  app.get("/v1/members/:memberId/ladder", { schema: missionOperations.getLadder }, async (request, reply) => {
    const member = memberIds.parse(request.params.memberId);
    if (!deps.programmes.latest) return refuse(request, reply, { code: "no-programme" });
    const may = member !== undefined && (await deps.maySeeMember(principalOf(request), member));
    const ladders = may ? await readLadders(deps, member) : undefined;
    if (!ladders) return refuse(request, reply, { code: "unknown-member" });
    reply.send({
      member: request.params.memberId,
      asOf: formatInstant(clock.now()),
      ladders: ladders.map(ladderJson),
    });
  });
}

function ofPartner({ partner }: Principal): { partner?: string } {
  return partner === undefined ? {} : { partner };
}

async function visible(deps: MissionHttpDeps, { partner }: Principal, id: string): Promise<StoredMission | undefined> {
  const mission = await readMission(deps.pool, id);
  return mission && (partner === undefined || mission.partner === partner) ? mission : undefined;
}

async function answer(
  deps: MissionHttpDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  outcome: Result<StoredMission, { readonly code: string }>,
): Promise<void> {
  if (!outcome.ok) return sender(deps)(request, reply, outcome.failure);
  reply.send(await answerOf(deps, outcome.value.id));
}

async function answerOf(deps: MissionHttpDeps, id: string) {
  const mission = (await readMission(deps.pool, id)) as StoredMission;
  const log = await readMissionLog(deps.pool, id);
  return {
    ...missionJson(mission),
    log: log.map(({ at, who, action, revision, comment }) => ({
      at: formatInstant(at),
      who,
      action,
      revision,
      comment,
    })),
  };
}

export function missionJson(mission: StoredMission) {
  const { id, partner, state, revision, editedBy, editedAt, document, forecast, hash } = mission;
  const common = { id, partner, state, revision, editedBy, editedAt: formatInstant(editedAt), document };
  // Those made before assumptions stood in them have another form: they are not shown.
  if (forecast?.coverageBp === undefined) return common;
  const { hash: of, madeAt, ...told } = forecast;
  return { ...common, forecast: { ...told, madeAt: formatInstant(madeAt), isCurrent: of === hash } };
}

function completionJson(row: Awaited<ReturnType<typeof listCompletions>>[number]) {
  const [kind, first, ...rest] = (row.doneBy ?? "").split(":");
  return {
    member: memberIds.format(row.member),
    kind: row.kind as "given",
    operation: operationIds.format({ member: row.member, seq: row.seq }),
    pointsCents: row.cents,
    ...(row.doneAt === undefined ? {} : { doneAt: formatInstant(row.doneAt) }),
    ...(kind === "e" ? { event: { partner: first as string, id: rest.join(":") } } : {}),
    ...(kind === "o" ? { receiptOperation: operationIds.format({ member: row.member, seq: Number(first) }) } : {}),
    feeKopecks: row.feeKopecks,
    ...(row.feePartner === undefined ? {} : { feePartner: row.feePartner }),
    accountingDay: row.accountingDay,
  };
}

function ladderJson({ rungs, ...ladder }: Ladder) {
  return {
    ...ladder,
    rungs: rungs.map(({ doneAt, until, closed, steps, name, text, ...rung }) => ({
      ...rung,
      name,
      ...(text === undefined ? {} : { text }),
      steps: steps.map((step) => ({ ...step, unit: step.unit as "times" })),
      ...(doneAt === undefined ? {} : { doneAt: formatInstant(doneAt) }),
      ...(until === undefined ? {} : { until: formatInstant(until) }),
      ...(closed === undefined ? {} : { closed: closedJson(closed) }),
    })),
  };
}

function closedJson(closed: Closed) {
  if (closed.code === "not-begun") return { code: closed.code, at: formatInstant(closed.at) };
  if (closed.code === "prerequisite") return { code: closed.code, missions: [...closed.missions] };
  return closed;
}

function misordered(assumptions: Stated) {
  return Object.entries(assumptions).flatMap(([key, { low, expected, high }]) => {
    if (low <= expected && expected <= high) return [];
    const message = { ru: "Нужно low ≤ expected ≤ high.", en: "low ≤ expected ≤ high is needed." };
    return [fault(`/assumptions/${key}`, "order", message)];
  });
}

/** `/missions/ID/goal/of` of the file is `/goal/of` of the body. */
function toFieldFault({ path, message }: FileFault) {
  const pointer = path.split("/").slice(3).join("/");
  return fault(pointer === "" ? "" : `/${pointer}`, "mission", { ru: message, en: message });
}

const FIRST: CompletionCursor = ["0001-01-01", 0, 0];

function readPosition(cursor: string): CompletionCursor | undefined {
  const [day, id, turn] = readCursor(cursor, ["text", "text", "int4"]) ?? [];
  const member = memberIds.parse(String(id));
  return parseDay(String(day)) === undefined || member === undefined ? undefined : [String(day), member, Number(turn)];
}
