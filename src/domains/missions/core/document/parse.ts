import { normalise, type ProgrammeDocument } from "#domains/program/index.ts";
import type { Result } from "#kernel/result.ts";
import type { FileFault } from "#platform/yaml/faults.ts";
import { readYaml } from "#platform/yaml/read-yaml.ts";
import { checkMissions } from "./check.ts";
import { type MissionFile, missionFileSchema } from "./schema.ts";

/**
 * Reads a file of missions (YAML 1.2, so JSON too): syntax, then the schema, then meaning against the programme in
 * force and the missions known. All faults of the first stage that has any, each with its line and column.
 */
export function parseMissions(
  text: string,
  fileName: string,
  programme: ProgrammeDocument,
  known?: ReadonlySet<string>,
): Result<MissionFile, readonly FileFault[]> {
  const finish = (value: unknown) => normalise(missionFileSchema, value) as MissionFile;
  return readYaml(text, fileName, missionFileSchema, finish, (file) => checkMissions(file, programme, known));
}
