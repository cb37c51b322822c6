import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type ImportReport, importReceipts } from "#flows/import-receipts/index.ts";
import { identifierSecret } from "#main/identifier-secret.ts";
import type { Progress } from "#platform/progress.ts";
import { TableFileError } from "#platform/tables/read-table.ts";
import { formatFileFault } from "#platform/yaml/faults.ts";
import { defineCommand, EXIT, failure } from "../command.ts";
import { formatCount, formatPoints, formatRoubles } from "../format.ts";

export const importReceiptsCommand = defineCommand({
  name: "import receipts",
  summary: "Post the receipts of a CSV or Parquet file through pricing and ledger",
  usage: "import receipts FILE --mapping MAP.yaml [--refused FILE]",
  example: "dolka import receipts receipts.csv.gz --mapping examples/complete-journey/mapping.yaml",
  options: {
    mapping: { type: "string", placeholder: "FILE", description: "How rows become receipts (docs/import.md)" },
    refused: {
      type: "string",
      placeholder: "FILE",
      description: "Where refused rows go; FILE.refused.csv in the home",
    },
  },
  async run(context, { positionals, values }) {
    const [file] = positionals;
    if (!file || positionals.length > 1) throw failure.badUsage("Name one file to import.");
    if (!values.mapping) throw failure.badUsage("Name the mapping with --mapping MAP.yaml.");
    const mapping = { name: values.mapping, text: readText(values.mapping) };
    const refusedFile = values.refused ?? join(context.home, `${basename(file)}.refused.csv`);
    const opened = await context.openHome();
    const bars = progressBars((label, total) => context.progress(label, total));
    try {
      const imported = await importReceipts(
        {
          pool: opened.pool,
          clickhouse: opened.clickhouse,
          clock: context.clock,
          identifierSecret: identifierSecret(context.home),
          signal: context.signal,
          onProgress: bars.show,
        },
        { file, mapping, refusedFile },
      );
      bars.finish();
      if (!imported.ok) throw refusal(imported.failure);
      context.result({ ...imported.value, refusedFile }, summary(imported.value, refusedFile));
      return imported.value.state === "done" ? EXIT.ok : EXIT.refused;
    } catch (error) {
      if (error instanceof TableFileError) throw failure.refused(error.message);
      throw error;
    } finally {
      await opened.close();
    }
  },
});

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw failure.badUsage(`${path} can't be read: ${(error as Error).message}`);
  }
}

function refusal(refused: { code: string; faults?: Parameters<typeof formatFileFault>[0][] | readonly unknown[] }) {
  if (refused.code === "no-programme") return failure.refused("No programme has been applied yet: dolka apply FILE.");
  const faults = (refused.faults ?? []) as Parameters<typeof formatFileFault>[0][];
  return failure.refused(faults.map(formatFileFault).join("\n"), { errors: faults });
}

function progressBars(create: (label: string, total?: number) => Progress) {
  let stage = "";
  let bar: Progress | undefined;
  const finish = (): void => {
    bar?.finish();
    bar = undefined;
  };
  return {
    finish,
    show: (next: "read" | "post", done: number, of?: number): void => {
      if (next !== stage) {
        finish();
        stage = next;
        bar = create(next === "read" ? "Reading rows" : "Posting rows", of);
      }
      bar?.set(done);
    },
  };
}

function summary(report: ImportReport, refusedFile: string): string {
  const rows = report.rowsAccepted + report.rowsRefused;
  const reasons = Object.entries(report.reasons)
    .sort((a, b) => b[1] - a[1])
    .map(([reason, count]) => `    ${formatCount(count)}  ${reason}`);
  return [
    report.wasDone ? "This file was imported before; nothing was done." : "",
    report.state === "interrupted" ? "Interrupted: run the same command again to go on." : "",
    `Rows      ${formatCount(rows)} = ${formatCount(report.rowsAccepted)} accepted + ${formatCount(report.rowsRefused)} refused`,
    ...reasons,
    `Receipts  ${formatCount(report.receipts)}, turnover ${formatRoubles(report.turnoverKopecks)}`,
    `Points    ${formatPoints(report.earnedCents)} earned, ${formatPoints(report.spentCents)} spent`,
    ...(report.rowsRefused > 0 ? [`Refused rows with reasons: ${refusedFile}`] : []),
  ]
    .filter((line) => line !== "")
    .join("\n");
}
