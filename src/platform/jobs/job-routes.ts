import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import { formatInstant } from "#kernel/time.ts";
import type { App } from "#platform/http/app.ts";
import { languageOf } from "#platform/http/language.ts";
import { operation } from "#platform/http/operation.ts";
import { problemKind } from "#platform/http/problem.ts";
import type { ProblemRegistry } from "#platform/http/problem-registry.ts";
import { sendFailure } from "#platform/http/send.ts";
import type { Job, Jobs } from "./jobs.ts";

export const JobSchema = Type.Object(
  {
    id: Type.String({ description: "`job_…`" }),
    kind: Type.String({ description: "What it does." }),
    state: Type.Enum(["running", "done", "failed", "cancelled"]),
    progress: Type.Number({ minimum: 0, maximum: 1 }),
    step: Type.Optional(Type.String({ description: "What it is at." })),
    startedAt: Type.String({ format: "date-time" }),
    endedAt: Type.Optional(Type.String({ format: "date-time" })),
    result: Type.Optional(Type.Unknown({ description: "What came of it, once it is done." })),
    error: Type.Optional(Type.Unknown({ description: "The problem (RFC 9457) that it failed with." })),
  },
  { title: "Job" },
);

export const JOB_EXAMPLE = {
  id: "job_5rq0v6tkz1w8xh3n9cm2",
  kind: "close-settlement",
  state: "running" as const,
  progress: 0.42,
  step: "totals",
  startedAt: "2026-02-02T06:00:00.000Z",
};

export const JOB_PROBLEMS = {
  "unknown-job": problemKind({
    status: 404,
    title: { ru: "Такого задания нет", en: "No such job" },
    detail: {
      ru: () => "Задания с таким номером нет, или оно закончилось давно.",
      en: () => "There is no job of that id, or it ended long ago.",
    },
    remedy: {
      ru: "Задания не переживают перезапуск: попросите о работе ещё раз, она продолжится с места остановки.",
      en: "Jobs do not outlive a restart: ask for the work again, it goes on from where it stopped.",
    },
    details: Type.Object({}),
    example: {},
  }),
};

const Params = Type.Object({ jobId: Type.String({ description: "`job_…`" }) });

export const jobOperations = {
  getJob: operation({
    operationId: "getJob",
    tag: "Jobs",
    summary: "Read how far a job has come",
    params: Params,
    status: 200,
    answer: JobSchema,
    problems: ["unknown-job"],
    example: { answer: JOB_EXAMPLE },
  }),
  cancelJob: operation({
    operationId: "cancelJob",
    tag: "Jobs",
    summary: "Ask a job to stop",
    description: "It stops at its next safe point. What it had finished stays; the work may be asked for again.",
    params: Params,
    status: 202,
    answer: JobSchema,
    problems: ["unknown-job"],
    example: { answer: JOB_EXAMPLE },
  }),
  watchJob: operation({
    operationId: "watchJob",
    tag: "Jobs",
    summary: "Follow a job by server-sent events",
    description: "An event `job` with the job's JSON for each change; the stream ends with the job.",
    params: Params,
    status: 200,
    produces: "text/event-stream",
    problems: ["unknown-job"],
    example: { answer: `event: job\ndata: ${JSON.stringify(JOB_EXAMPLE)}\n\n` },
  }),
};

export type JobRouteDeps = { readonly jobs: Jobs; readonly problems: ProblemRegistry };

/** Looking at jobs, whatever they do. */
export function jobRoutes(deps: JobRouteDeps): (app: App) => void {
  const { jobs, problems } = deps;
  return (app) => {
    app.get("/v1/jobs/:jobId", { schema: jobOperations.getJob }, (request, reply) => {
      const job = jobs.get(request.params.jobId);
      if (!job) return void sendFailure(problems, request, reply, { code: "unknown-job" });
      reply.header("cache-control", "no-store").send(jobJson(problems, request, job));
    });
    app.post("/v1/jobs/:jobId/cancel", { schema: jobOperations.cancelJob }, (request, reply) => {
      const job = jobs.cancel(request.params.jobId);
      if (!job) return void sendFailure(problems, request, reply, { code: "unknown-job" });
      reply.code(202).send(jobJson(problems, request, job));
    });
    app.get("/v1/jobs/:jobId/events", { schema: jobOperations.watchJob }, (request, reply) => {
      const job = jobs.get(request.params.jobId);
      if (!job) return void sendFailure(problems, request, reply, { code: "unknown-job" });
      reply.hijack();
      const { raw } = reply;
      raw.writeHead(200, {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store",
        "x-request-id": request.id,
      });
      const write = (each: Job) => {
        raw.write(`event: job\ndata: ${JSON.stringify(jobJson(problems, request, each))}\n\n`);
        if (each.state !== "running") raw.end();
      };
      write(job);
      raw.once("close", jobs.watch(job.id, write));
    });
  };
}

/** A job as the API shows it; its failure as a problem in the caller's language. */
export function jobJson(problems: ProblemRegistry, request: FastifyRequest, job: Job) {
  const { failure, startedAt, endedAt, ...rest } = job;
  const language = languageOf(request.headers["accept-language"]);
  return {
    ...rest,
    startedAt: formatInstant(startedAt),
    ...(endedAt === undefined ? {} : { endedAt: formatInstant(endedAt) }),
    ...(failure === undefined ? {} : { error: JSON.parse(problems.render(failure, language, request.id).json) }),
  };
}
