import { Type } from "typebox";
import type { App } from "#platform/http/app.ts";
import { type HttpMetrics, METRICS_CONTENT_TYPE } from "#platform/http/http-metrics.ts";
import type { Histogram, MetricSource } from "#platform/http/metrics.ts";
import { operation } from "#platform/http/operation.ts";

export type Readiness = {
  /** Whether receipts can be taken. */
  readonly ready: boolean;
  /** What each part says of itself: postgres, clickhouse, programme. */
  readonly parts: { readonly [part: string]: boolean };
};

export type OperatingDeps = {
  readonly readiness: () => Promise<Readiness>;
  readonly isDraining: () => boolean;
  readonly metrics: HttpMetrics;
  readonly sources: readonly MetricSource[];
  readonly histograms: readonly Histogram[];
};

const ReadySchema = Type.Object(
  {
    status: Type.Enum(["ok", "unavailable", "draining"]),
    parts: Type.Record(Type.String(), Type.Boolean()),
  },
  { title: "Readiness" },
);

/** For whoever operates it: is the process alive, can it answer, how is it doing. */
export function operatingRoutes(deps: OperatingDeps): (app: App) => void {
  return (app) => {
    app.get("/healthz", { schema: HEALTH }, (_request, reply) => {
      reply.send({ status: "ok" });
    });
    app.get("/readyz", { schema: READINESS }, async (_request, reply) => {
      const { ready, parts } = await deps.readiness();
      const status = deps.isDraining() ? "draining" : ready ? "ok" : "unavailable";
      // Not through the schema: its compiled form is for the status 200 only.
      reply.code(status === "ok" ? 200 : 503).header("content-type", "application/json");
      reply.send(JSON.stringify({ status, parts }));
    });
    app.get("/metrics", { schema: METRICS }, (_request, reply) => {
      reply.header("content-type", METRICS_CONTENT_TYPE);
      reply.send(deps.metrics.render(deps.sources, deps.histograms));
    });
  };
}

const HEALTH = operation({
  operationId: "getHealth",
  tag: "Operating",
  summary: "Whether the process is alive",
  status: 200,
  answer: Type.Object({ status: Type.Enum(["ok"]) }, { title: "Health" }),
  problems: [],
  example: { answer: { status: "ok" } },
});

const READINESS = operation({
  operationId: "getReadiness",
  tag: "Operating",
  summary: "Whether it can take receipts",
  description:
    "503 with the same body while it can't. Without ClickHouse receipts are still taken: what it computes waits.",
  status: 200,
  answer: ReadySchema,
  problems: [],
  example: { answer: { status: "ok", parts: { postgres: true, clickhouse: true, programme: true } } },
});

const METRICS = operation({
  operationId: "getMetrics",
  tag: "Operating",
  summary: "Counters and latencies, in the text format of Prometheus",
  status: 200,
  produces: "text/plain",
  problems: [],
  example: { answer: 'dolka_http_requests_total{operation="createReceipt",status="201"} 104233\n' },
});
