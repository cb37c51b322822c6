import type { Result } from "#kernel/result.ts";
import type { FileFault } from "#platform/yaml/faults.ts";
import { readYaml } from "#platform/yaml/read-yaml.ts";
import { type ImportMapping, mappingSchema } from "./mapping.ts";
import { checkColumns, type StagedColumns } from "./receipts-sql.ts";

/** Reads a mapping file; with the files' columns it also checks that what it names is there. */
export function readMapping(
  text: string,
  fileName: string,
  columns?: StagedColumns,
): Result<ImportMapping, readonly FileFault[]> {
  return readYaml(
    text,
    fileName,
    mappingSchema,
    (value) => value as ImportMapping,
    (mapping) => [...checkTimeZone(mapping), ...(columns ? checkColumns(mapping, columns) : [])],
  );
}

function checkTimeZone(mapping: ImportMapping) {
  const { timeZone } = mapping.receipt.at;
  const path = ["receipt", "at", "timeZone"];
  return isTimeZone(timeZone)
    ? []
    : [
        {
          kind: "meaning" as const,
          path,
          message: `expected an IANA time zone such as Europe/Moscow, got "${timeZone}"`,
        },
      ];
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
