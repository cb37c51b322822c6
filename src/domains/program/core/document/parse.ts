import type { Result } from "#kernel/result.ts";
import type { FileFault } from "#platform/yaml/faults.ts";
import { readYaml } from "#platform/yaml/read-yaml.ts";
import { checkMeaning } from "./check.ts";
import { withDefaults } from "./defaults.ts";
import { normalise } from "./normalise.ts";
import { type ProgrammeDocument, type ProgrammeFile, programmeSchema } from "./schema.ts";

/**
 * Reads a programme file (YAML 1.2, so JSON too): syntax first, then the schema, then what the schema can't say
 * (names that exist, shares that sum ...). All errors of the first stage that has any, in the order of the file.
 */
export function parseProgramme(text: string, fileName: string): Result<ProgrammeDocument, readonly FileFault[]> {
  const finish = (value: unknown) => withDefaults(normalise(programmeSchema, value) as ProgrammeFile);
  return readYaml(text, fileName, programmeSchema, finish, checkMeaning);
}
