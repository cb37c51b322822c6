import { readFileSync } from "node:fs";
import { formatProgrammeError, type ProgrammeError } from "#domains/program/index.ts";
import { type CommandFailure, failure } from "./command.ts";

/** The one file that a command's arguments name, read. */
export function programmeFile(positionals: readonly string[]): { name: string; text: string } {
  const [name, ...rest] = positionals;
  if (name === undefined || rest.length > 0) throw failure.badUsage("Name one programme file, such as programme.yaml.");
  try {
    return { name, text: readFileSync(name, "utf8") };
  } catch (error) {
    throw failure.refused(`${name} can't be read: ${(error as Error).message}`);
  }
}

/** Every error with its place, and how many there are. */
export function invalidProgramme(errors: readonly ProgrammeError[]): CommandFailure {
  const count = errors.length === 1 ? "1 error" : `${errors.length} errors`;
  return failure.refused(`${errors.map(formatProgrammeError).join("\n")}\n${count}; nothing was changed.`, { errors });
}
