import { Type } from "typebox";
import { principalOf } from "#domains/access/http/index.ts";
import { type LinkRun, listLinkRuns } from "#domains/identity/index.ts";
import { formatInstant } from "#kernel/time.ts";
import type { App } from "#platform/http/app.ts";
import { readCursor, writeCursor } from "#platform/http/cursor.ts";
import { badCursor } from "#platform/http/field-faults.ts";
import { operation } from "#platform/http/operation.ts";
import type { ProblemRegistry } from "#platform/http/problem-registry.ts";
import { sendFailure } from "#platform/http/send.ts";
import { refuseFields } from "#platform/http/validation.ts";
import { JOB_EXAMPLE, JobSchema, jobJson } from "#platform/jobs/job-routes.ts";
import type { Jobs } from "#platform/jobs/jobs.ts";
import { cancelLinkRun, type LinkMembersDeps, linkMembers } from "../index.ts";

export type LinkageRouteDeps = {
  readonly jobs: Jobs;
  readonly problems: ProblemRegistry;
  readonly linking: () => LinkMembersDeps;
};

const count = (description: string) => Type.Integer({ minimum: 0, description });
const RunSchema = Type.Object(
  {
    run: Type.String({ description: "`link_…`" }),
    askedBy: Type.String({ description: "`nightly`, or the key or command that asked." }),
    state: Type.Enum(["linking", "deciding", "done", "cancelled", "failed"]),
    step: Type.String(),
    progress: Type.Number({ minimum: 0, maximum: 1 }),
    startedAt: Type.String({ format: "date-time" }),
    endedAt: Type.Optional(Type.String({ format: "date-time" })),
    report: Type.Optional(
      Type.Object({
        members: count("Members that profiles say something of."),
        comparedPairs: count("Pairs that were compared."),
        thresholds: Type.Object({ merge: Type.Number(), review: Type.Number() }),
        outcomes: Type.Optional(
          Type.Object({
            merged: count("Surely one, and merged."),
            review: count("Between the thresholds: a person decides."),
            guarded: count("Surely one, but a guard wants a person to decide."),
            waiting: count("A person was asked about the two before."),
            apart: count("Kept apart by a person before."),
            together: count("Were one by then."),
            gone: count("Erased meanwhile."),
          }),
        ),
        left: count("Between the thresholds, beyond what one run gives to people."),
      }),
    ),
  },
  { title: "LinkageRun" },
);

const RUN_EXAMPLE = {
  run: "link_5f0c8f6be7f44d6fb7f0d6a6a8f6c8d2",
  askedBy: "nightly",
  state: "done" as const,
  step: "decide",
  progress: 1,
  startedAt: "2026-03-04T00:00:10.000Z",
  endedAt: "2026-03-04T00:01:12.000Z",
  report: {
    members: 120_000,
    comparedPairs: 2_300_000,
    thresholds: { merge: 0.99, review: 0.5 },
    outcomes: { merged: 812, review: 140, guarded: 6, waiting: 31, apart: 3, together: 2, gone: 0 },
    left: 0,
  },
};

export const linkageOperations = {
  startLinkage: operation({
    operationId: "startLinkage",
    tag: "Members",
    summary: "Link all stored profiles: merge who is surely one, ask about the doubtful",
    description:
      "A job, which can be followed and cancelled. One runs at a time over all processes; it also runs every night (identity.yaml). What it finds between the thresholds is in GET /v1/reviews.",
    status: 202,
    answer: JobSchema,
    problems: ["no-programme"],
    example: { answer: { ...JOB_EXAMPLE, kind: "link-members", step: "compare" } },
  }),
  listLinkages: operation({
    operationId: "listLinkages",
    tag: "Members",
    summary: "List linkages of all profiles, newest first",
    querystring: Type.Object(
      {
        limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
        cursor: Type.Optional(Type.String({ maxLength: 200, pattern: "^[A-Za-z0-9_-]+$" })),
      },
      { additionalProperties: false },
    ),
    status: 200,
    answer: Type.Object(
      { items: Type.Array(RunSchema), next: Type.Optional(Type.String()) },
      { title: "LinkageRunPage" },
    ),
    problems: [],
    example: { answer: { items: [RUN_EXAMPLE] } },
  }),
  cancelLinkage: operation({
    operationId: "cancelLinkage",
    tag: "Members",
    summary: "Cancel a linkage that is under way, the nightly one too",
    description: "What it has decided stays; the rest is not looked at.",
    params: Type.Object({ run: Type.String({ maxLength: 60, description: "`link_…`" }) }),
    status: 200,
    answer: RunSchema,
    problems: ["unknown-linkage", "linkage-ended"],
    example: { answer: { ...RUN_EXAMPLE, state: "cancelled" as const, progress: 0.4 } },
  }),
};

export function linkageRoutes(deps: LinkageRouteDeps): (app: App) => void {
  const { jobs, problems } = deps;
  return (app) => {
    app.post("/v1/linkage-runs", { schema: linkageOperations.startLinkage }, (request, reply) => {
      const linking = deps.linking();
      if (!linking.programmes.latest) return void sendFailure(problems, request, reply, { code: "no-programme" });
      const askedBy = principalOf(request).keyId;
      const job = jobs.start("link-members", "link-members", async (signal, report) => {
        const done = await linkMembers(linking, { askedBy, signal, onProgress: report });
        if (!done.ok) signal.throwIfAborted();
        return done.ok ? { ok: true, value: showRun(done.value) } : done;
      });
      reply
        .code(202)
        .header("location", `/v1/jobs/${job.id}`)
        .send(jobJson(problems, request, job));
    });
    app.get("/v1/linkage-runs", { schema: linkageOperations.listLinkages }, async (request, reply) => {
      const { limit, cursor } = request.query;
      const parts = cursor === undefined ? [LAST_MS, ""] : readCursor(cursor, ["int8", "text"]);
      if (parts === undefined) throw refuseFields([{ in: "query", ...badCursor("/cursor") }]);
      const before = { startedAt: Math.min(parts[0] as number, LAST_MS), run: parts[1] as string };
      const runs = await listLinkRuns(deps.linking().pool, before, limit);
      const last = runs.length === limit ? runs[limit - 1] : undefined;
      reply.send({ items: runs.map(showRun), ...(last ? { next: writeCursor([last.startedAt, last.run]) } : {}) });
    });
    app.post("/v1/linkage-runs/:run/cancel", { schema: linkageOperations.cancelLinkage }, async (request, reply) => {
      const cancelled = await cancelLinkRun(deps.linking(), request.params.run);
      if (!cancelled.ok) return void sendFailure(problems, request, reply, cancelled.failure);
      reply.send(showRun(cancelled.value));
    });
  };
}

/** The year 4707: all runs began before it, and a Date can be made of it. */
const LAST_MS = 86_400_000_000_000;

function showRun(run: LinkRun) {
  const { startedAt, endedAt, report, ...rest } = run;
  return {
    ...rest,
    startedAt: formatInstant(startedAt),
    ...(endedAt === undefined ? {} : { endedAt: formatInstant(endedAt) }),
    ...(report === undefined ? {} : { report: report as NonNullable<(typeof RUN_EXAMPLE)["report"]> }),
  };
}
