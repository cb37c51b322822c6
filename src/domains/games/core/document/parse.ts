import { normalise, type ProgrammeDocument } from "#domains/program/index.ts";
import type { Result } from "#kernel/result.ts";
import type { FileFault } from "#platform/yaml/faults.ts";
import { readYaml } from "#platform/yaml/read-yaml.ts";
import { checkGames } from "./check.ts";
import { type GameFile, gameFileSchema } from "./schema.ts";

/** Reads a file of games as `parseMissions` reads one of missions: all faults of the first stage that has any. */
export function parseGames(
  text: string,
  fileName: string,
  programme: ProgrammeDocument,
  missions?: ReadonlySet<string>,
): Result<GameFile, readonly FileFault[]> {
  const finish = (value: unknown) => normalise(gameFileSchema, value) as GameFile;
  return readYaml(text, fileName, gameFileSchema, finish, (file) => checkGames(file, programme, missions));
}
