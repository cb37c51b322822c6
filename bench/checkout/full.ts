import { applyProgramme } from "#domains/program/index.ts";
import { systemClock as clock } from "#platform/clock.ts";
import { type BenchOptions, rounded, say, wait } from "../lib/bench.ts";
import { startCpuMeter } from "../lib/cpu-time.ts";
import type { Stack } from "../lib/stack.ts";
import { batchSizes, nextXid } from "./batches.ts";
import { checkBudgets, countAlerts, FULL, fullProgrammeFile, giveBoosts } from "./full-programme.ts";
import type { LoadReport } from "./load.ts";
import { startLoad } from "./load-process.ts";
import { programmeFile } from "./programme.ts";

/** `rules`: the full programme but for its velocity rules. */
const KINDS = ["plain", "rules", "full"] as const;
type Kind = (typeof KINDS)[number];
type Segment = {
  readonly kind: Kind;
  readonly perSecond: number;
  readonly cpuMicros: number;
  /** By process: API, worker, PostgreSQL, ClickHouse, load. */
  readonly cpuMicrosBy: Readonly<Record<string, number>>;
  readonly batch: number;
  readonly report: LoadReport;
};

/** As short as they are, what the machine does besides falls on all kinds alike. */
const ORDER: readonly Kind[] = ["plain", "rules", "full", "full", "rules", "plain"];

/**
 * Segments of load in turns, in one run on one stack: the plain programme with members who hold nothing, and the full one
 * with members who hold a few boosts, without its velocity rules and with them. Prints what of its speed the checkout
 * keeps, by the clock and by processor time, and where that time goes.
 */
export async function serveFull(given: BenchOptions, stack: Stack, key: string, members: number) {
  // Members of their own for each kind: who shops more has more open lots, and costs more.
  const third = Math.floor(members / 3);
  await giveBoosts(stack.pool, third + 1, third * 3);
  const turns = given.number("turns", 1);
  const order = given.flag("no-velocity") ? ORDER.filter((kind) => kind !== "full") : ORDER;
  const seconds = given.number("seconds", 30) / (order.length * turns);
  const segments: Segment[] = [];
  const fullVersions: number[] = [];
  for (let turn = 0; turn < turns; turn++) {
    for (const [i, kind] of order.entries()) {
      const version = await apply(stack, kind);
      if (kind !== "plain") fullVersions.push(version);
      const shopping = {
        seed: given.number("seed", 1) + turn * ORDER.length + i,
        members: third,
        firstMember: 1 + third * KINDS.indexOf(kind),
        run: `${Math.floor(Date.now() / 1000).toString(36)}${i}`,
      };
      const segment = await measure(given, stack, key, kind, shopping, seconds);
      const by = Object.entries(segment.cpuMicrosBy).map(([name, micros]) => `${name} ${rounded(micros)}`);
      const micros = rounded(segment.cpuMicros, 1);
      say(
        `  ${kind}: ${rounded(segment.perSecond)}/s, ${micros} µs of processor a request (${by.join(", ")}), ${segment.batch} a batch`,
      );
      segments.push(segment);
    }
  }
  const of = (kind: Kind) => segments.filter((segment) => segment.kind === kind);
  const plain = summary(of("plain"));
  const kept = (kind: Kind) => keptBy(summary(of(kind)), plain);
  return {
    ...(order.includes("full") ? kept("full") : kept("rules")),
    load: FULL,
    plain,
    rules: { ...kept("rules"), ...summary(of("rules")) },
    ...(order.includes("full") ? { full: { ...kept("full"), ...summary(of("full")) } } : {}),
    budgets: await checkBudgets(stack.pool, fullVersions),
    alerts: await countAlerts(stack.pool),
    secondsEach: rounded(seconds, 1),
  };
}

type Summary = ReturnType<typeof summary>;

/** What of its speed the checkout keeps. */
function keptBy(loaded: Summary, plain: Summary) {
  return {
    keptShare: rounded(loaded.receiptsPerSecond / plain.receiptsPerSecond, 3),
    keptShareByCpu: rounded(plain.cpuMicrosPerRequest / loaded.cpuMicrosPerRequest, 3),
  };
}

async function apply(stack: Stack, kind: Kind): Promise<number> {
  const file = kind === "plain" ? programmeFile() : fullProgrammeFile(kind === "full");
  const applied = await applyProgramme({ pool: stack.pool, clock }, { file, appliedBy: "bench", comment: "" });
  if (!applied.ok) throw new Error(JSON.stringify(applied.failure, null, 2));
  // Running processes know it within a second.
  await wait(1.5);
  return applied.value.version;
}

async function measure(
  given: BenchOptions,
  stack: Stack,
  key: string,
  kind: Kind,
  shopping: Parameters<typeof startLoad>[0]["shopping"],
  seconds: number,
): Promise<Segment> {
  const { hostname: host, port } = new URL(stack.apiUrl);
  const load = startLoad({ host, port: Number(port), key, connections: given.number("connections", 128), shopping });
  try {
    await wait(given.number("warm-up", 3));
    const fromXid = await nextXid(stack.pool);
    load.reset();
    const cpu = startCpuMeter({ ...stack.pids(), load: load.pid });
    const startedAt = performance.now();
    await wait(seconds);
    const report = await load.read();
    const took = (performance.now() - startedAt) / 1000;
    const used = Object.entries(cpu.read());
    const batch = (await batchSizes(stack.pool, fromXid)).mean ?? 0;
    const cpuMicrosBy = Object.fromEntries(used.map(([name, each]) => [name, (each / report.requests) * 1e6]));
    const cpuMicros = Object.values(cpuMicrosBy).reduce((sum, each) => sum + each, 0);
    return { kind, perSecond: report.receipts / took, cpuMicros, cpuMicrosBy, batch, report };
  } finally {
    await load.stop();
  }
}

function summary(segments: readonly Segment[]) {
  // A neighbour on the machine spoils some segments; half of them say what the others hide.
  const median = (of: (segment: Segment) => number) => {
    const sorted = segments.map(of).sort((a, b) => a - b);
    const middle = sorted.length >> 1;
    return ((sorted[middle] as number) + (sorted[(sorted.length - 1) >> 1] as number)) / 2;
  };
  const outcomes: Record<string, number> = {};
  for (const { report } of segments) {
    for (const [name, count] of Object.entries(report.outcomes)) outcomes[name] = (outcomes[name] ?? 0) + count;
  }
  return {
    receiptsPerSecond: rounded(median((each) => each.perSecond)),
    cpuMicrosPerRequest: rounded(
      median((each) => each.cpuMicros),
      1,
    ),
    cpuMicrosBy: Object.fromEntries(
      Object.keys(segments[0]?.cpuMicrosBy ?? {}).map((name) => [
        name,
        rounded(median((each) => each.cpuMicrosBy[name] ?? 0)),
      ]),
    ),
    batch: rounded(median((each) => each.batch)),
    p99Ms: rounded(Math.max(...segments.map(({ report }) => report.p99Ms)), 1),
    segments: segments.map((each) => rounded(each.perSecond)),
    segmentsCpuMicros: segments.map((each) => rounded(each.cpuMicros)),
    outcomes,
  };
}
