import { monitorEventLoopDelay } from "node:perf_hooks";
import type { GuardStats } from "#domains/guards/index.ts";
import type { RunningCheckout } from "#flows/checkout/index.ts";
import type { MetricSource } from "#platform/http/metrics.ts";

/** How requests gather into batches; the mean size over a time is the rate of the one by the rate of the other. */
export function checkoutGauges(stats: RunningCheckout["stats"]): MetricSource[] {
  return [
    counter("dolka_checkout_batches_total", "Batches posted.", () => stats.batches),
    counter("dolka_checkout_requests_total", "Requests in those batches.", () => stats.tasks),
    counter("dolka_checkout_refused_total", "Requests sent away because the queue was full.", () => stats.refused),
    gauge("dolka_checkout_largest_batch", "Requests in the largest batch so far.", () => stats.largest),
  ];
}

/** What velocity rules decided here, what waits for a decision, what is stopped, and what the counters take. */
export function guardGauges(stats: GuardStats): MetricSource[] {
  const open = (value: "alerts" | "pointsCents") => () => stats.openAlerts?.[value];
  return [
    {
      name: "dolka_guard_verdicts_total",
      help: "Requests that broke a velocity rule, by rule and what was done: allow, review, refuse (each try).",
      kind: "counter",
      read: () =>
        [...stats.verdicts].flatMap(([rule, byAction]) =>
          [...byAction].map(([action, count]) => [{ rule, action }, count] as const),
        ),
    },
    counter("dolka_guard_dropped_refusals_total", "Refusals beyond what is written down.", () => stats.droppedRefusals),
    { name: "dolka_guard_open_alerts", help: "Alerts that wait for a decision.", kind: "gauge", read: open("alerts") },
    {
      name: "dolka_guard_held_points_cents",
      help: "Points that wait with them, hundredths.",
      kind: "gauge",
      read: open("pointsCents"),
    },
    {
      name: "dolka_guard_stops",
      help: "Switches that are off, by scope and what they stop.",
      kind: "gauge",
      read: () => {
        const byKind = Map.groupBy(stats.stops, ({ scope, what }) => `${scope} ${what}`);
        return [...byKind.values()].map((stops) => {
          const { scope, what } = stops[0] as (typeof stops)[number];
          return [{ scope, what }, stops.length] as const;
        });
      },
    },
    gauge("dolka_guard_blocks", "Blocks that stand, those that begin later among them.", () => stats.blocks),
    gauge("dolka_guard_subjects", "Subjects that velocity rules remember in this process.", () => stats.subjects()),
    gauge("dolka_guard_counter_bytes", "Memory of their counters.", () => stats.bytes()),
  ];
}

const NS_PER_SECOND = 1e9;

/** What the process itself costs, and how long it keeps requests waiting for its turn. */
export function processGauges(): MetricSource[] {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  const quantile = (q: number): readonly [{ quantile: string }, number] => [
    { quantile: String(q) },
    delay.percentile(q * 100) / NS_PER_SECOND,
  ];
  return [
    counter("process_cpu_seconds_total", "Processor time of this process.", () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    }),
    gauge("process_resident_memory_bytes", "Memory of this process.", () => process.memoryUsage.rss()),
    gauge("process_uptime_seconds", "Since the process started.", () => process.uptime()),
    {
      name: "nodejs_eventloop_delay_seconds",
      help: "Delay of the event loop since the last reading.",
      kind: "gauge",
      read: () => {
        const rows = [quantile(0.5), quantile(0.99), quantile(1)];
        delay.reset();
        return rows;
      },
    },
  ];
}

function counter(name: string, help: string, read: () => number): MetricSource {
  return { name, help, kind: "counter", read };
}

function gauge(name: string, help: string, read: () => number): MetricSource {
  return { name, help, kind: "gauge", read };
}
