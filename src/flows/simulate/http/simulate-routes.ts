import { Type } from "typebox";
import { type Principal, principalOf } from "#domains/access/http/index.ts";
import type { Programmes } from "#domains/program/index.ts";
import { documentHash } from "#domains/program/index.ts";
import { parseDay } from "#kernel/time.ts";
import type { App } from "#platform/http/app.ts";
import { badDay, fault } from "#platform/http/field-faults.ts";
import { operation } from "#platform/http/operation.ts";
import type { ProblemRegistry } from "#platform/http/problem-registry.ts";
import { sendFailure } from "#platform/http/send.ts";
import { refuseFields } from "#platform/http/validation.ts";
import { JOB_EXAMPLE, JobSchema, jobJson } from "#platform/jobs/job-routes.ts";
import type { Job, Jobs } from "#platform/jobs/jobs.ts";
import { foreignIn, readChange, type SimulateDeps, simulate } from "../index.ts";

/** Jobs whose owner is remembered: more than a process keeps of them. */
const REMEMBERED = 2_000;

export type SimulateRouteDeps = Omit<SimulateDeps, "programmes"> & {
  readonly programmes: Programmes;
  readonly jobs: Jobs;
  readonly problems: ProblemRegistry;
};

/** Two thirds of the time belong to tills: the simulation runs in a process that answers them. */
const IDLE_SHARE = 0.66;

const day = (description: string) => Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$", description });

const Params = Type.Object({ jobId: Type.String({ maxLength: 60, description: "`job_…`" }) });

export const simulateOperations = {
  createSimulation: operation({
    operationId: "createSimulation",
    tag: "Programme",
    summary: "Replay real receipts under a changed programme: what it costs whom",
    description:
      "A job, which can be followed and cancelled; its result is the simulation. The change is a whole programme or a patch: `patch: 1` and sections of the programme's format, in which what is given replaces what stands there and null takes it away. It writes nothing. Receipts that the feed has not brought to the warehouse yet are not in it. A partner asks by a patch of rules that hold on its receipts alone, and of the caps, campaigns, boosts and splits that only they use; it sees its own receipts, and of costs its own.",
    body: Type.Object(
      {
        change: Type.Object({}, { description: "A programme, or a patch of one.", additionalProperties: true }),
        from: day("First business day."),
        to: day("Last business day."),
        base: Type.Optional(
          Type.Enum(["booked", "latest"], {
            description:
              "`booked`: each receipt's own version (the default for a patch); `latest`: the programme of now (for a whole one).",
          }),
        ),
        budgets: Type.Optional(
          Type.Enum(["run-dry", "endless"], {
            description:
              "`run-dry` (the default): budgets that the change concerns end when they are used up, in order of time; `endless`: they never do, and the report says by how much they would have been passed.",
          }),
        ),
      },
      { title: "SimulationRequest", additionalProperties: false },
    ),
    status: 202,
    answer: JobSchema,
    problems: ["no-programme", "window-empty", "foreign-change"],
    example: {
      body: {
        change: { patch: 1, rules: { "plus-groceries": { earn: "7%" } } },
        from: "2026-10-01",
        to: "2026-10-31",
      },
      answer: { ...JOB_EXAMPLE, kind: "simulate", step: "replay" },
    },
  }),
  getSimulation: operation({
    operationId: "getSimulation",
    tag: "Programme",
    summary: "Read how far a simulation has come, and its result",
    params: Params,
    status: 200,
    answer: JobSchema,
    problems: ["unknown-job"],
    example: { answer: { ...JOB_EXAMPLE, kind: "simulate", step: "replay" } },
  }),
  cancelSimulation: operation({
    operationId: "cancelSimulation",
    tag: "Programme",
    summary: "Cancel a simulation",
    params: Params,
    status: 202,
    answer: JobSchema,
    problems: ["unknown-job"],
    example: { answer: { ...JOB_EXAMPLE, kind: "simulate", step: "replay" } },
  }),
};

/** The operator's people ask what if about everything, a partner about what is its own; each sees the jobs of its own kind. */
export function simulateRoutes(deps: SimulateRouteDeps): (app: App) => void {
  const { jobs, problems, programmes } = deps;
  const inTurn = createTurns();
  const owners = new Map<string, string | undefined>();
  const own = (job: Job, partner: string | undefined) => {
    owners.set(job.id, partner);
    if (owners.size > REMEMBERED) for (const id of owners.keys()) if (!jobs.get(id)) owners.delete(id);
  };
  const simulationOf = (id: string, { partner }: Principal) => {
    const job = jobs.get(id);
    if (job?.kind !== "simulate") return undefined;
    return partner === undefined || owners.get(id) === partner ? job : undefined;
  };
  return (app) => {
    app.get("/v1/simulations/:jobId", { schema: simulateOperations.getSimulation }, (request, reply) => {
      const job = simulationOf(request.params.jobId, principalOf(request));
      if (!job) return void sendFailure(problems, request, reply, { code: "unknown-job" });
      reply.header("cache-control", "no-store").send(jobJson(problems, request, job));
    });
    app.post("/v1/simulations/:jobId/cancel", { schema: simulateOperations.cancelSimulation }, (request, reply) => {
      const { jobId } = request.params;
      const job = simulationOf(jobId, principalOf(request)) && jobs.cancel(jobId);
      if (!job) return void sendFailure(problems, request, reply, { code: "unknown-job" });
      reply.code(202).send(jobJson(problems, request, job));
    });
    app.post("/v1/simulations", { schema: simulateOperations.createSimulation }, (request, reply) => {
      const { latest } = programmes;
      if (!latest) return void sendFailure(problems, request, reply, { code: "no-programme" });
      const { from, to, base, budgets } = request.body;
      const { partner } = principalOf(request);
      const [first, last] = [parseDay(from), parseDay(to)];
      if (first === undefined) throw refuseFields([badDay("/from")]);
      if (last === undefined) throw refuseFields([badDay("/to")]);
      if (first > last) return void sendFailure(problems, request, reply, { code: "window-empty" });
      const change = { name: "change", text: JSON.stringify(request.body.change) };
      const read = readChange(change, latest);
      if (!read.ok) {
        throw refuseFields(
          read.failure.map(({ path, message }) => fault(`/change${path}`, "programme", { ru: message, en: message })),
        );
      }
      const foreign = partner === undefined ? [] : foreignIn(read.value, latest, partner);
      if (foreign.length > 0) {
        return void sendFailure(problems, request, reply, { code: "foreign-change", paths: foreign });
      }
      const { calendar } = latest;
      const window = { fromAt: calendar.startOf(first), untilAt: calendar.startOf(last + 1) };
      // The same question gives the same job; others wait for their turn.
      const key = `simulate ${documentHash({ ...request.body, version: latest.version, partner: partner ?? "" })}`;
      const job = jobs.start("simulate", key, async (signal, report) => {
        const asked = {
          ...{ change, ...window },
          ...(base === undefined ? {} : { base }),
          ...(budgets === undefined ? {} : { budgets }),
          ...(partner === undefined ? {} : { partner }),
        };
        const onProgress = (done: number, of: number) => report(of === 0 ? 1 : Math.min(1, done / of), "replay");
        const done = await inTurn(() => simulate(deps, asked, { signal, onProgress, idleShare: IDLE_SHARE }));
        if (done.ok) return done;
        return { ok: false, failure: { code: "no-programme" } };
      });
      own(job, partner);
      reply
        .code(202)
        .header("location", `/v1/simulations/${job.id}`)
        .send(jobJson(problems, request, job));
    });
  };
}

/** Runs one piece of work after the other. */
function createTurns() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work);
    last = mine.catch(() => {});
    return mine;
  };
}
