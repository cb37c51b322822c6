import { parseArgs } from "node:util";
import { homeFolder, lockedSentence } from "#main/home/home.ts";
import { openHome } from "#main/home/open-home.ts";
import { isClickhouseLost } from "#platform/clickhouse/client.ts";
import { systemClock } from "#platform/clock.ts";
import { UnsupportedPlatformError } from "#platform/engines/support.ts";
import { createLogger } from "#platform/log.ts";
import { MigrationError } from "#platform/migration-files.ts";
import { isConnectionLost } from "#platform/postgres/pool.ts";
import { LockedError } from "#platform/process/lock.ts";
import { createProgress } from "#platform/progress.ts";
import { type Command, type CommandContext, CommandFailure, EXIT, failure } from "./command.ts";
import { commands } from "./commands.ts";
import { commonOptions, helpOf, overview } from "./help.ts";

type CommonValues = { home?: string; json?: boolean; help?: boolean };

/** Runs the command that the arguments name; returns the exit code. Never throws. */
export async function main(args: readonly string[]): Promise<number> {
  const wantsJson = args.includes("--json");
  try {
    return await dispatch(args);
  } catch (error) {
    return report(error, wantsJson);
  }
}

async function dispatch(args: readonly string[]): Promise<number> {
  const command = commandOf(args);
  if (command === undefined) {
    if (args.length === 0 || args[0] === "--help" || args[0] === "-h" || args[0] === "help") {
      console.log(overview(commands));
      return args.length === 0 ? EXIT.usage : EXIT.ok;
    }
    throw failure.badUsage(`There is no command '${args.join(" ")}'. \`dolka --help\` lists them.`);
  }
  const { positionals, values } = parse(command, args.slice(command.name.split(" ").length));
  if (values.help) {
    console.log(helpOf(command));
    return EXIT.ok;
  }
  const context = createContext(command, values, interruption());
  return (await command.run(context, { positionals, values: values as never })) ?? EXIT.ok;
}

const PARENT_CHECK_MS = 500;

/**
 * Aborted by the first Ctrl-C, SIGTERM or SIGHUP (a second Ctrl-C ends this process at once; its children notice). Run by
 * an npm script, also by the death of npm, which does not always hand signals on.
 */
function interruption(): AbortSignal {
  const interrupt = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(name, () => interrupt.abort());
  if (process.env.npm_lifecycle_event !== undefined) {
    const npm = process.ppid;
    setInterval(() => process.ppid !== npm && interrupt.abort(), PARENT_CHECK_MS).unref();
  }
  return interrupt.signal;
}

/** The command with the longest name that the first arguments spell. */
function commandOf(args: readonly string[]): Command | undefined {
  return commands
    .filter((command) => command.name === args.slice(0, command.name.split(" ").length).join(" "))
    .sort((a, b) => b.name.length - a.name.length)[0];
}

function parse(command: Command, args: string[]): { positionals: string[]; values: CommonValues } {
  try {
    return parseArgs({ args, options: { ...command.options, ...commonOptions }, allowPositionals: true });
  } catch (error) {
    throw failure.badUsage(`${(error as Error).message}\n\n${helpOf(command)}`);
  }
}

function createContext(command: Command, values: CommonValues, signal: AbortSignal): CommandContext {
  const json = values.json === true;
  const home = homeFolder(values.home);
  return {
    home,
    clock: systemClock,
    log: createLogger({ name: command.name }),
    signal,
    json,
    result: (value, text) => console.log(json ? JSON.stringify(value) : text),
    note: (text) => {
      if (!json) console.error(text);
    },
    progress: (label, total) =>
      createProgress({
        label,
        ...(total === undefined ? {} : { total }),
        ...(json ? { stream: { write: () => {} } } : {}),
      }),
    openHome: (options) => openHome({ home, applicationName: `dolka ${command.name}`, ...options }),
  };
}

function report(error: unknown, json: boolean): number {
  const { exitCode, message, details } = explained(error);
  if (json) console.error(JSON.stringify({ error: message, exitCode, ...(details === undefined ? {} : { details }) }));
  else console.error(message);
  if (process.env.DOLKA_DEBUG === "1") console.error(error);
  return exitCode;
}

function explained(error: unknown): { exitCode: number; message: string; details?: unknown } {
  if (error instanceof CommandFailure)
    return { exitCode: error.exitCode, message: error.message, details: error.details };
  if (error instanceof LockedError) {
    return { exitCode: EXIT.refused, message: lockedSentence(homeFolder(homeArgument()), error) };
  }
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof MigrationError || error instanceof UnsupportedPlatformError)
    return { exitCode: EXIT.refused, message };
  if (isConnectionLost(error) || isClickhouseLost(error) || message.startsWith("connect ECONNREFUSED")) {
    return {
      exitCode: EXIT.unreachable,
      message: `An engine can't be reached: ${message || (error as { code?: string }).code}`,
    };
  }
  return { exitCode: EXIT.refused, message: `Failed: ${message}` };
}

function homeArgument(): string | undefined {
  const at = process.argv.indexOf("--home");
  const joined = process.argv.find((arg) => arg.startsWith("--home="));
  return at >= 0 ? process.argv[at + 1] : joined?.slice("--home=".length);
}
