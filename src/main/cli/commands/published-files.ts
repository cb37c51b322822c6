import { readFileSync } from "node:fs";
import type { Drafted } from "#flows/publishing/index.ts";
import { failure } from "../command.ts";

/** What commands about missions, offers, promotions and games share: all of them are published from files. */
export const BY = {
  type: "string",
  description: "who, for the record (default: the user of the system)",
  placeholder: "NAME",
} as const;
export const COMMENT = {
  type: "string",
  default: "",
  description: "why, for the record",
  placeholder: "TEXT",
} as const;

/** The one file that was named; a refusal says what was expected, or why it can't be read. */
export function fileOf(positionals: readonly string[], expected: string): { name: string; text: string } {
  const [name, ...rest] = positionals;
  if (name === undefined || rest.length > 0) throw failure.badUsage(`Name ${expected}.`);
  try {
    return { name, text: readFileSync(name, "utf8") };
  } catch (error) {
    throw failure.refused(`${name} can't be read: ${(error as Error).message}`);
  }
}

export function draftedText(drafted: readonly Drafted[]): string {
  return drafted.map(({ id, change }) => `${change.padEnd(10)} ${id}`).join("\n");
}
