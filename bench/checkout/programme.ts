import { readFileSync } from "node:fs";
import {
  compileProgramme,
  createProgrammes,
  type ProgrammeDocument,
  type Programmes,
  parseProgramme,
} from "#domains/program/index.ts";
import type { Clock } from "#platform/clock.ts";

const PROGRAMME_FILE = new URL("./programme.yaml", import.meta.url);

export function programmeFile(): { readonly text: string; readonly name: string } {
  return { text: readFileSync(PROGRAMME_FILE, "utf8"), name: "programme.yaml" };
}

function benchDocument(): ProgrammeDocument {
  const parsed = parseProgramme(programmeFile().text, programmeFile().name);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.failure, null, 2));
  return parsed.value;
}

/** The bench's programme without a database. */
export function benchProgrammes(clock: Clock): Programmes {
  const versions = [compileProgramme(benchDocument(), 1, 0)];
  return createProgrammes(() => versions, clock.now);
}
