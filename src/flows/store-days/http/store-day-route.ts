import { Type } from "typebox";
import { formatInstant, parseDay } from "#kernel/time.ts";
import type { App } from "#platform/http/app.ts";
import { badDay } from "#platform/http/field-faults.ts";
import { operation } from "#platform/http/operation.ts";
import type { Failure } from "#platform/http/problem.ts";
import type { ProblemRegistry } from "#platform/http/problem-registry.ts";
import { sendFailure } from "#platform/http/send.ts";
import { refuseFields } from "#platform/http/validation.ts";
import { reportStoreDay, type StoreDayDeps } from "../index.ts";

/** A trillion kopecks a day is more than any store turns over; a million receipts too. */
const TotalSchema = Type.Object(
  {
    receipts: Type.Integer({ minimum: 0, maximum: 10_000_000, description: "Receipts of the whole day." }),
    turnoverKopecks: Type.Integer({ minimum: 0, maximum: 1_000_000_000_000, description: "Their turnover, kopecks." }),
  },
  { additionalProperties: false, title: "StoreDayTotal" },
);

const example = { receipts: 1_840, turnoverKopecks: 213_450_090 };

export const storeDayOperation = operation({
  operationId: "putStoreDayTotal",
  tag: "Stores",
  summary: "Report a store's whole day, instead of its receipts without a member",
  description: "Sent again, it replaces what was sent before.",
  params: Type.Object({
    partner: Type.String(),
    store: Type.String(),
    day: Type.String({ description: "The business day, YYYY-MM-DD." }),
  }),
  body: TotalSchema,
  status: 200,
  answer: Type.Object(
    {
      partner: Type.String(),
      store: Type.String(),
      day: Type.String({ format: "date" }),
      ...TotalSchema.properties,
      sentAt: Type.String({ format: "date-time" }),
    },
    { title: "StoredStoreDayTotal" },
  ),
  problems: ["forbidden-partner", "unknown-partner", "unknown-store", "day-in-future", "day-too-old", "no-programme"],
  example: {
    body: example,
    answer: {
      partner: "kalitka",
      store: "kalitka-1",
      day: "2026-03-04",
      ...example,
      sentAt: "2026-03-05T03:00:00.000Z",
    },
  },
});

export function storeDayRoute(deps: StoreDayDeps & { readonly problems: ProblemRegistry }): (app: App) => void {
  return (app) => {
    app.put("/v1/store-day-totals/:partner/:store/:day", { schema: storeDayOperation }, async (request, reply) => {
      const { partner, store, day } = request.params;
      const businessDay = parseDay(day);
      if (businessDay === undefined) throw refuseFields([{ in: "path", ...badDay("/day") }]);
      const reported = await reportStoreDay(deps, { partner, store, businessDay, ...request.body });
      if (!reported.ok) return void sendFailure(deps.problems, request, reply, reported.failure as Failure);
      const { receipts, turnoverKopecks, sentAt } = reported.value;
      reply.send({ partner, store, day, receipts, turnoverKopecks, sentAt: formatInstant(sentAt) });
    });
  };
}
