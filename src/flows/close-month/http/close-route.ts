import { Type } from "typebox";
import { formatMonth, type Month, parseMonth } from "#kernel/time.ts";
import type { App } from "#platform/http/app.ts";
import { operation } from "#platform/http/operation.ts";
import type { ProblemRegistry } from "#platform/http/problem-registry.ts";
import { sendFailure } from "#platform/http/send.ts";
import { JOB_EXAMPLE, JobSchema, jobJson } from "#platform/jobs/job-routes.ts";
import type { Jobs } from "#platform/jobs/jobs.ts";
import { type CloseDeps, closeMonth, refuseClose } from "../close-month.ts";

export type CloseRouteDeps = {
  readonly jobs: Jobs;
  readonly problems: ProblemRegistry;
  /** Built at each close: the programme may have changed since. */
  readonly closeDeps: () => CloseDeps;
};

export const closeOperations = {
  closeSettlement: operation({
    operationId: "closeSettlement",
    tag: "Settlement",
    summary: "Close a month: compute it, check it against the ledger, freeze it",
    description:
      "Refused at once when the month can't be closed; else a job, which can be followed and asked for again after any failure. Asking twice while it runs gives the same job.",
    params: Type.Object({
      month: Type.String({ pattern: "^\\d{4}-(0[1-9]|1[0-2])$", description: "YYYY-MM." }),
    }),
    status: 202,
    answer: JobSchema,
    problems: ["month-not-over", "month-already-closed", "earlier-month-open", "later-month-closed"],
    example: { answer: JOB_EXAMPLE },
  }),
};

/** The operator closes a month. */
export function closeRoute(deps: CloseRouteDeps): (app: App) => void {
  const { jobs, problems } = deps;
  return (app) => {
    app.post("/v1/settlements/:month/close", { schema: closeOperations.closeSettlement }, async (request, reply) => {
      const month = parseMonth(request.params.month) as Month;
      const closing = deps.closeDeps();
      const refusal = await refuseClose(closing, month);
      if (refusal) return void sendFailure(problems, request, reply, refusal);
      const job = jobs.start("close-settlement", `close-settlement ${month}`, async (signal, report) => {
        const onProgress: CloseDeps["onProgress"] = ({ progress, step }) => report(progress, step);
        const closed = await closeMonth({ ...closing, onProgress }, month, signal);
        if (!closed.ok) return closed;
        return { ok: true, value: { month: formatMonth(month), settlement: `/v1/settlements/${formatMonth(month)}` } };
      });
      reply
        .code(202)
        .header("location", `/v1/jobs/${job.id}`)
        .send(jobJson(problems, request, job));
    });
  };
}
