/** Linkage of generated customer records (typos, gaps, nicknames, moves, new phones, marriages, transliteration). */
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { type FieldKind, LINK_DEFAULTS, linkRecords, scoreClusters } from "#domains/identity/linkage/index.ts";
import { makePeople, PEOPLE_COLUMNS } from "#domains/identity/linkage/testing/people.ts";
import { createClickhouse } from "#platform/clickhouse/client.ts";
import { startClickhouse } from "#platform/engines/embedded-clickhouse.ts";
import { type BenchOptions, type BenchResult, rounded, say, step } from "./lib/bench.ts";
import { startCpuMeter } from "./lib/cpu-time.ts";

export const options = ["records", "seed", "quick"] as const;

const KINDS: Readonly<Record<(typeof PEOPLE_COLUMNS)[number], FieldKind>> = {
  surname: "surname",
  given: "given-name",
  patronymic: "patronymic",
  birth: "date",
  phone: "phone",
  email: "email",
  city: "city",
  address: "address",
};

/** Seconds count from records in memory to clusters: cleaning, loading, blocking, comparing, estimating, clustering. */
export async function run(given: BenchOptions): Promise<BenchResult> {
  const records = given.number("records", given.flag("quick") ? 100_000 : 1_000_000);
  const seed = given.number("seed", 1);
  const people = await step(`${records.toLocaleString("en")} records`, async () =>
    makePeople({ records, seed, language: "ru" }),
  );
  const folder = mkdtempSync(join(tmpdir(), "dolka-bench-link-"));
  try {
    const engine = await startClickhouse({ dataFolder: folder, password: "bench", port: 0, fsync: false });
    const clickhouse = createClickhouse({ url: engine.url, application: "bench link", requestTimeoutMs: 3_600_000 });
    try {
      const loadBefore = loadavg()[0];
      const cpu = startCpuMeter({ linkage: process.pid, clickhouse: engine.pid });
      const startedAt = performance.now();
      const { steps, progress } = stopwatch();
      const fields = PEOPLE_COLUMNS.map((name) => ({ name, kind: KINDS[name], columns: [name] }));
      const linkage = await linkRecords(
        { clickhouse, run: "bench_link", progress },
        { ...LINK_DEFAULTS, fields },
        { rows: records, values: people.values },
      );
      progress("done");
      const seconds = (performance.now() - startedAt) / 1000;
      const { clusterOf, threshold } = linkage.clustering;
      const scores = scoreClusters(
        people.truth.map((_, row) => clusterOf.get(row) ?? row),
        people.truth,
      );
      return {
        bench: "link",
        records,
        seconds: rounded(seconds, 1),
        recordsPerSecond: rounded(records / seconds),
        comparedPairs: linkage.comparedPairs,
        precision: rounded(scores.precision, 4),
        recall: rounded(scores.recall, 4),
        f1: rounded(scores.f1, 4),
        bcubedF1: rounded(scores.bcubed.f1, 4),
        threshold: rounded(threshold, 3),
        estimatedBlockingRecall: rounded(linkage.blocking.recall, 4),
        rules: linkage.blocking.rules?.rules.length ?? 0,
        secondsByStep: steps,
        cpuSeconds: cpuSeconds(cpu.read()),
        loadBefore,
        peakMemoryMb: rounded(process.resourceUsage().maxRSS / 1024),
      };
    } finally {
      await clickhouse.close();
      await engine.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function cpuSeconds(byProcess: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(byProcess).map(([name, seconds]) => [name, rounded(seconds)]));
}

/** Seconds from one step to the next. */
function stopwatch() {
  const steps: Record<string, number> = {};
  let last: string | undefined;
  let since = performance.now();
  return {
    steps,
    progress: (name: string) => {
      const now = performance.now();
      if (last !== undefined) {
        steps[last] = rounded((now - since) / 1000, 1);
        say(`  ${last}: ${steps[last]} s`);
      }
      last = name;
      since = now;
    },
  };
}
