import type { Fault } from "./errors.ts";
import type { ProgrammeDocument } from "./schema.ts";

/** What the schema can't say of a document: every fault, none of them stops the rest. */
export function checkMeaning(_document: ProgrammeDocument): Fault[] {
  return [];
}
