import assert from "node:assert/strict";
import { test } from "node:test";
import type { GuardStats } from "#domains/guards/index.ts";
import { renderSource } from "#platform/http/metrics.ts";
import { guardGauges } from "./gauges.ts";

const stats: GuardStats = {
  verdicts: new Map([["card-often", new Map(Object.entries({ refuse: 7, allow: 2 }))]]),
  droppedRefusals: 3,
  subjects: () => 12,
  bytes: () => 4_096,
  openAlerts: { alerts: 2, pointsCents: 6_028 },
  stops: [
    { scope: "partner", what: "earning" },
    { scope: "partner", what: "earning" },
    { scope: "programme", what: "spending" },
  ],
  blocks: 4,
};
const linesOf = (of: GuardStats) =>
  guardGauges(of)
    .map(renderSource)
    .join("")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));

test("metrics tell what guards decided, what waits, what is stopped and blocked, and what counting takes", () => {
  assert.deepEqual(linesOf(stats), [
    'dolka_guard_verdicts_total{rule="card-often",action="refuse"} 7',
    'dolka_guard_verdicts_total{rule="card-often",action="allow"} 2',
    "dolka_guard_dropped_refusals_total 3",
    "dolka_guard_open_alerts 2",
    "dolka_guard_held_points_cents 6028",
    'dolka_guard_stops{scope="partner",what="earning"} 2',
    'dolka_guard_stops{scope="programme",what="spending"} 1',
    "dolka_guard_blocks 4",
    "dolka_guard_subjects 12",
    "dolka_guard_counter_bytes 4096",
  ]);
});

test("the queue is not told before it was counted once", () => {
  const lines = linesOf({ ...stats, openAlerts: undefined });
  assert.deepEqual(
    lines.filter((line) => /open_alerts|held_points/.test(line)),
    [],
  );
});
