import { readFileSync } from "node:fs";
import { formatProgrammeError, loadProgrammes } from "#domains/program/index.ts";
import type { Drafted, ManageDeps } from "#flows/publishing/index.ts";
import type { FileFault } from "#platform/yaml/faults.ts";
import { type CommandContext, type CommandFailure, failure } from "../command.ts";

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

/** Opens the home with the programme of the moment, and closes it whatever becomes of the work. */
export async function withHome(context: CommandContext, work: (deps: ManageDeps) => Promise<void>): Promise<void> {
  const home = await context.openHome();
  try {
    const { pool } = home;
    const { clock } = context;
    await work({ pool, clock, programmes: await loadProgrammes({ pool, clock }) });
  } finally {
    await home.close();
  }
}

export type Published = "mission" | "offer" | "promotion" | "game";
type Refusal = { readonly code: string; readonly [detail: string]: unknown };

/** Why a file, a revision or a step in its life was refused, as a sentence; codes are those of the API. */
export function refusedOf(kind: Published, reason: Refusal): CommandFailure {
  return failure.refused(sentenceOf(kind, reason), reason);
}

function sentenceOf(kind: Published, reason: Refusal): string {
  const { code } = reason;
  switch (code) {
    case `${kind}s-invalid`: {
      const errors = reason.errors as readonly FileFault[];
      const count = errors.length === 1 ? "1 error" : `${errors.length} errors`;
      return `${errors.map(formatProgrammeError).join("\n")}\n${count}; nothing was changed.`;
    }
    case `${kind}-approved`:
      return `The ${kind} ${reason[kind]} was approved and does not change any more.`;
    case `${kind}-own-approval`:
      return `${reason.editedBy} wrote the last revision; another person approves it.`;
    case `${kind}-state`:
      return `The ${kind} is ${reason.state}; ${reason.action} is not possible.`;
    case `${kind}-needs-forecast`:
      return `This revision has no forecast yet: \`dolka ${kind} apply\` makes one.`;
    case `${kind}-unfit`:
      return `What the ${kind} brings does not fit the programme: ${reason.reason}`;
    case `${kind}-over`:
      return `The ${kind}'s last day has passed.`;
    case `unknown-${kind}`:
      return `There is no such ${kind}.`;
    case "forbidden-partner":
      return `Something of ${reason.partner} has this name already.`;
    case "no-programme":
      return "No programme has been applied yet.";
    case "programme-conflict":
      return "The programme was changed meanwhile: try again.";
    default:
      return inWords(reason);
  }
}

/** A code that has no sentence of its own, with its details. */
function inWords({ code, ...details }: Refusal): string {
  const told = Object.entries(details).map(([key, value]) => `${key} ${String(value)}`);
  return [code.replaceAll("-", " "), ...told].join("; ");
}
