import { readFile } from "node:fs/promises";
import { type Linkage, type LinkDeps, linkRecords } from "#domains/identity/linkage/index.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import { openTable } from "#platform/tables/read-table.ts";
import type { FileFault } from "#platform/yaml/faults.ts";
import { suggest } from "#platform/yaml/suggest.ts";
import { type LinkSettings, readLinkFile } from "./read-link-file.ts";
import { type Population, readRecords, type TruthColumn } from "./read-records.ts";
import { type LinkReport, reportOf } from "./report.ts";

export type LinkFilesRequest = {
  readonly files: readonly [string] | readonly [string, string];
  readonly config: string;
  /** Column that names the person; over that of the configuration. */
  readonly truth?: string;
};

export type LinkFilesFailure =
  | { readonly code: "bad-config"; readonly faults: readonly FileFault[] }
  | { readonly code: "config-unreadable"; readonly path: string; readonly reason: string }
  | {
      readonly code: "unknown-truth-column";
      readonly column: string;
      readonly columns: readonly string[];
      readonly didYouMean?: string;
    };

export type LinkedFiles = {
  readonly settings: LinkSettings;
  readonly population: Population;
  readonly linkage: Linkage;
  readonly report: LinkReport;
};

/**
 * Links the records of one file (duplicates) or two (across) as a linkage file says. Throws TableFileError when a data
 * file can't be read; the engine's errors go through.
 */
export async function linkFiles(
  deps: LinkDeps,
  request: LinkFilesRequest,
): Promise<Result<LinkedFiles, LinkFilesFailure>> {
  const text = await readText(request.config);
  if (!text.ok) return text;
  const tables = await Promise.all(request.files.map(openTable));
  const [left, right] = tables.map(({ columns }) => columns);
  const settings = readLinkFile(text.value, request.config, { left: left ?? [], ...(right ? { right } : {}) });
  if (!settings.ok) return err({ code: "bad-config", faults: settings.failure });
  const truth = truthColumn(request, settings.value, left ?? [], right);
  if (!truth.ok) return truth;
  const population = await readRecords(tables, settings.value, truth.value);
  const input = { ...population.input, ...(population.truth ? { truth: population.truth } : {}) };
  const linkage = await linkRecords(deps, settings.value.config, input);
  return ok({ settings: settings.value, population, linkage, report: reportOf(linkage, population) });
}

async function readText(path: string): Promise<Result<string, LinkFilesFailure>> {
  try {
    return ok(await readFile(path, "utf8"));
  } catch (error) {
    return err({ code: "config-unreadable", path, reason: (error as Error).message });
  }
}

/** The truth is looked at only when it is asked for on the command line, or is in the configuration with its column. */
function truthColumn(
  request: LinkFilesRequest,
  { truth }: LinkSettings,
  left: readonly string[],
  right: readonly string[] | undefined,
): Result<TruthColumn | undefined, LinkFilesFailure> {
  const column = request.truth ?? truth.column;
  if (column === undefined) return ok(undefined);
  const second = truth.right ?? column;
  for (const [name, columns] of [
    [column, left],
    [second, right ?? [second]],
  ] as const) {
    if (columns.includes(name)) continue;
    const near = suggest(name, columns);
    return err({
      code: "unknown-truth-column",
      column: name,
      columns,
      ...(near === undefined ? {} : { didYouMean: near }),
    });
  }
  const pattern = truth.pattern === undefined ? {} : { pattern: new RegExp(truth.pattern) };
  return ok({ left: column, right: second, ...pattern });
}
