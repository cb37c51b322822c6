/**
 * Runs the tests: `node scripts/test.ts short|unit|long|long-quick [text ...]`; only files whose path holds a text, when
 * any is given. Pure tests run first, in one process; then those with real engines, two files at a time, all against
 * one PostgreSQL and one ClickHouse.
 */
import { globSync } from "node:fs";
import { availableParallelism } from "node:os";
import { relative } from "node:path";
import { run } from "node:test";
import { startSharedEngines } from "../test/shared-engines.ts";
import { createReport } from "./test-report.ts";

const PURE = ["unit", "prop"];
const WITH_ENGINES = ["int", "e2e"];
const MODES: Readonly<Record<string, readonly string[]>> = {
  short: [...PURE, ...WITH_ENGINES],
  unit: PURE,
  long: [...PURE, ...WITH_ENGINES, "long"],
  "long-quick": ["long"],
};
const TIMEOUT_MS = 45 * 60_000;

const [mode = "short", ...texts] = process.argv.slice(2);
const kinds = MODES[mode];
if (kinds === undefined) {
  console.error(`usage: node scripts/test.ts ${Object.keys(MODES).join("|")} [part of a path ...]`);
  process.exit(2);
}
process.env.DOLKA_TEST_LENGTH = mode === "long" ? "long" : "quick";

const report = createReport();
const pure = filesOf(kinds.filter((kind) => PURE.includes(kind)));
const withEngines = filesOf(kinds.filter((kind) => !PURE.includes(kind)));
if (pure.length > 0) await report.follow(run({ files: pure, isolation: "none", timeout: TIMEOUT_MS }));
if (withEngines.length > 0) await runWithEngines(withEngines);
if (report.finish() > 0) process.exitCode = 1;

async function runWithEngines(files: string[]): Promise<void> {
  const engines = await startSharedEngines();
  const stopAndExit = () => void engines.stop().finally(() => process.exit(1));
  process.once("SIGINT", stopAndExit);
  process.once("SIGTERM", stopAndExit);
  process.env.DOLKA_TEST_PG_URL = engines.pgUrl;
  process.env.DOLKA_TEST_CLICKHOUSE_URL = engines.clickhouseUrl;
  try {
    const concurrency = Math.max(2, Math.floor(availableParallelism() / 2));
    await report.follow(run({ files, isolation: "process", concurrency, timeout: TIMEOUT_MS }));
  } finally {
    await engines.stop();
  }
}

function filesOf(wanted: readonly string[]): string[] {
  if (wanted.length === 0) return [];
  const root = new URL("..", import.meta.url).pathname;
  const pattern = `{src,sim,bench,test,scripts,bin,examples,web}/**/*.{${wanted.join(",")},}.test.ts`;
  return globSync(pattern, { cwd: root, exclude: (path) => path.includes("node_modules") })
    .filter((file) => texts.length === 0 || texts.some((text) => file.includes(text)))
    .sort()
    .map((file) => relative(process.cwd(), root + file));
}
