import { type FeedDeps, type FeedStatus, feedStatus } from "#flows/feed/index.ts";
import type { MetricSource } from "#platform/http/metrics.ts";

const LOOK_EVERY_MS = 2_000;

/** How far the warehouse is behind, for /metrics: looked at every 2 s, three probes of indexes. */
export function watchFeed(deps: Pick<FeedDeps, "pool" | "nodes" | "clock">) {
  let status: FeedStatus | undefined;
  let isBusy = false;
  const look = () => {
    if (isBusy) return;
    isBusy = true;
    feedStatus(deps)
      .then((next) => {
        status = next;
      })
      // The database is away: nothing is known, and /readyz says why.
      .catch(() => {
        status = undefined;
      })
      .finally(() => {
        isBusy = false;
      });
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  timer.unref();
  look();
  const perNode = (value: (node: FeedStatus["nodes"][number]) => number) => () =>
    status?.nodes.map((each) => [{ node: String(each.node) }, value(each)] as const);
  const gauges: MetricSource[] = [
    {
      name: "dolka_feed_lag_seconds",
      help: "Age of the oldest operation that is not in the warehouse; 0 when all are.",
      kind: "gauge",
      read: perNode((node) => node.lagMs / 1000),
    },
    {
      name: "dolka_feed_waiting_operations",
      help: "Operations that are not in the warehouse yet, up to 100,000.",
      kind: "gauge",
      read: perNode((node) => node.waitingOperations),
    },
    {
      name: "dolka_feed_moved_operations_total",
      help: "Operations moved to the warehouse since the stream began.",
      kind: "counter",
      read: perNode((node) => node.movedOperations),
    },
    {
      name: "dolka_feed_failing",
      help: "1 while the last attempt to move a batch failed.",
      kind: "gauge",
      read: perNode((node) => (node.error === undefined ? 0 : 1)),
    },
  ];
  return { gauges, stop: () => clearInterval(timer) };
}
