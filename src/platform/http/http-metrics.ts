import {
  createHistogram,
  type Histogram,
  header,
  LATENCY_BUCKETS,
  type MetricSource,
  renderLabels,
  renderSource,
} from "./metrics.ts";

export type OperationRecorder = {
  /** `elapsedMs` from the first byte of the request to the last of the answer. */
  record(status: number, elapsedMs: number): void;
};

export type HttpMetrics = {
  operation(operationId: string): OperationRecorder;
  render(sources: readonly MetricSource[], histograms: readonly Histogram[]): string;
};

export const METRICS_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Requests by operation and status, and how long they took. */
export function createHttpMetrics(): HttpMetrics {
  const latency = createHistogram(
    "dolka_http_request_duration_seconds",
    "From the first byte of a request to the last of its answer.",
    LATENCY_BUCKETS,
  );
  const recorders = new Map<string, { recorder: OperationRecorder; counts: Map<number, number> }>();
  return {
    operation: (operationId) => {
      const known = recorders.get(operationId);
      if (known !== undefined) return known.recorder;
      const series = latency.series({ operation: operationId });
      const counts = new Map<number, number>();
      const recorder = {
        record: (status: number, elapsedMs: number) => {
          counts.set(status, (counts.get(status) ?? 0) + 1);
          series.observe(elapsedMs / 1000);
        },
      };
      recorders.set(operationId, { recorder, counts });
      return recorder;
    },
    render: (sources, histograms) => {
      const requests = [...recorders].flatMap(([operation, { counts }]) =>
        [...counts].map(
          ([status, count]) =>
            `dolka_http_requests_total{${renderLabels({ operation, status: `${status}` })}} ${count}\n`,
        ),
      );
      return (
        header("dolka_http_requests_total", "Requests answered.", "counter") +
        requests.join("") +
        latency.render() +
        histograms.map((histogram) => histogram.render()).join("") +
        sources.map(renderSource).join("")
      );
    },
  };
}
