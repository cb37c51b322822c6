import { type Month, parseMonth } from "#kernel/time.ts";
import { failure } from "./command.ts";

/** The one argument of a command on a month. Throws a CommandFailure for anything else. */
export function monthArgument(positionals: readonly string[]): Month {
  const [text, ...rest] = positionals;
  if (text === undefined || rest.length > 0) throw failure.badUsage("Name one month, such as 2026-09.");
  const month = parseMonth(text);
  if (month === undefined) throw failure.badUsage(`'${text}' is no month; write it as 2026-09.`);
  return month;
}
