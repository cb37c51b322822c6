import { mkdtempSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import {
  type LinkedFiles,
  type LinkFilesFailure,
  linkFiles,
  linkPage,
  reportText,
  writePairs,
} from "#flows/link-population/index.ts";
import { runningStack } from "#main/home/home.ts";
import { createClickhouse } from "#platform/clickhouse/client.ts";
import { startClickhouse } from "#platform/engines/embedded-clickhouse.ts";
import { TableFileError } from "#platform/tables/read-table.ts";
import { formatFileFault } from "#platform/yaml/faults.ts";
import { type CommandContext, type CommandFailure, defineCommand, failure } from "../command.ts";
import { linkPopulation } from "./link-population.ts";

export const linkCommand = defineCommand({
  name: "link",
  summary: "Find the records of one person in a file, or across two, without labels",
  usage:
    "link FILE [FILE2] --config LINKAGE.yaml [--truth COLUMN] [--out PAIRS.csv] [--html PAGE.html], or link --population",
  example: "dolka link people.csv --config examples/linkage/people.yaml --html people.html",
  options: {
    population: {
      type: "boolean",
      default: false,
      description: "link the members of this home instead of a file: merge the sure ones, give the doubtful to people",
    },
    config: {
      type: "string",
      description: "the columns to compare and what they hold (docs/linkage.md)",
      placeholder: "FILE",
    },
    truth: {
      type: "string",
      description: "column that names the person: measures precision and recall",
      placeholder: "COLUMN",
    },
    out: { type: "string", description: "write the scored pairs here, as CSV (.gz for gzip)", placeholder: "FILE" },
    html: {
      type: "string",
      description: "write a page with weights, waterfalls and clusters here",
      placeholder: "FILE",
    },
  },
  async run(context, { positionals, values }) {
    if (values.population) return linkPopulation(context, positionals, values);
    const [first, second, ...rest] = positionals;
    if (first === undefined || rest.length > 0)
      throw failure.badUsage("`dolka link` takes one data file or two; see `dolka link --help`.");
    if (values.config === undefined)
      throw failure.badUsage("--config is missing: a file that says what the columns hold; docs/linkage.md shows one.");
    const files = second === undefined ? ([first] as const) : ([first, second] as const);
    const request = { files, config: values.config, ...(values.truth === undefined ? {} : { truth: values.truth }) };
    const linked = await withClickhouse(context, (url) => link(context, url, request));
    const { report } = linked;
    const pairs =
      values.out === undefined ? undefined : await writePairs(values.out, linked.linkage, linked.population);
    if (values.html !== undefined)
      await writeFile(values.html, linkPage(linked, `Linkage of ${files.map((file) => basename(file)).join(" and ")}`));
    const written = [
      ...(pairs === undefined ? [] : [`${pairs.toLocaleString("en-US")} pairs written to ${values.out}`]),
      ...(values.html === undefined ? [] : [`Page written to ${values.html}`]),
    ];
    context.result(answer(linked), [reportText(report), ...written].join("\n"));
  },
});

/** What --json prints: scores first, then the whole report. Without a truth they are what the model expects. */
function answer({ report }: LinkedFiles) {
  const { precision, recall, f1 } = report.scores ?? report.expected;
  const measured = report.scores !== undefined;
  const { scores, blockingRecall, threshold, ...rest } = report;
  return {
    precision,
    recall,
    f1,
    bcubed: scores?.bcubed ?? null,
    blockingRecall,
    threshold,
    measured,
    truePairs: scores?.truePairs ?? null,
    ...rest,
  };
}

/** The engine: the running stack's, CLICKHOUSE_URL's, or one of its own in a temporary folder for as long as it works. */
async function withClickhouse<T>(context: CommandContext, work: (url: string) => Promise<T>): Promise<T> {
  const url = process.env.CLICKHOUSE_URL ?? runningStack(context.home)?.clickhouse;
  if (url !== undefined) return await work(url);
  const folder = mkdtempSync(join(tmpdir(), "dolka-link-"));
  try {
    const engine = await startClickhouse({ dataFolder: folder, password: crypto.randomUUID(), port: 0, fsync: false });
    try {
      return await work(engine.url);
    } finally {
      await engine.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function link(
  context: CommandContext,
  url: string,
  request: Parameters<typeof linkFiles>[1],
): Promise<LinkedFiles> {
  const clickhouse = createClickhouse({ url, application: "dolka link", requestTimeoutMs: 3_600_000 });
  const progress = context.progress("link");
  const run = `dolka_link_${crypto.randomUUID().replaceAll("-", "").slice(0, 12)}`;
  try {
    const linked = await linkFiles({ clickhouse, run, progress: (step) => progress.set(0, step) }, request);
    if (!linked.ok) throw explained(linked.failure);
    progress.finish("done");
    return linked.value;
  } catch (error) {
    if (error instanceof TableFileError) throw failure.refused(error.message);
    throw error;
  } finally {
    await clickhouse.close();
  }
}

function explained(problem: LinkFilesFailure): CommandFailure {
  switch (problem.code) {
    case "bad-config":
      return failure.refused(problem.faults.map(formatFileFault).join("\n"), problem.faults);
    case "config-unreadable":
      return failure.refused(`${problem.path} can't be read: ${problem.reason}`);
    case "unknown-truth-column": {
      const hint = problem.didYouMean === undefined ? "" : ` Did you mean "${problem.didYouMean}"?`;
      return failure.refused(
        `There is no column "${problem.column}" for the truth; the data has ${problem.columns.join(", ")}.${hint}`,
      );
    }
  }
}
