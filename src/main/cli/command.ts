import type { ParseArgsConfig, parseArgs } from "node:util";
import type { OpenHome, OpenHomeOptions } from "#main/home/open-home.ts";
import type { Clock } from "#platform/clock.ts";
import type { Logger } from "#platform/log.ts";
import type { Progress } from "#platform/progress.ts";

type OptionSpec = NonNullable<ParseArgsConfig["options"]>[string] & {
  /** One line for --help. */
  readonly description: string;
  /** How its value is shown in --help: FILE, N. */
  readonly placeholder?: string;
};

export type CommandOptions = Readonly<Record<string, OptionSpec>>;

/** Values of the options, typed from their specification by node's parseArgs. */
export type OptionValues<O extends CommandOptions> = ReturnType<
  typeof parseArgs<{ options: { -readonly [K in keyof O]: O[K] }; allowPositionals: true }>
>["values"];

export type CommandContext = {
  /** The home folder, from --home, DOLKA_HOME or ./data. */
  readonly home: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** True when --json was given: stdout then carries exactly one JSON value. */
  readonly json: boolean;
  /** The command's answer: `value` with --json, else `text`. Call it once, at the end. */
  result(value: unknown, text: string): void;
  /** A remark for a person, on stderr; nothing with --json. */
  note(text: string): void;
  /** A bar on a terminal, plain lines in a pipe, both on stderr; nothing with --json. */
  progress(label: string, total?: number): Progress;
  /** The engines: the running stack's, PG_URL's and CLICKHOUSE_URL's, or the home's own for as long as it is open. */
  openHome(options?: Partial<OpenHomeOptions>): Promise<OpenHome>;
};

export type CommandArgs<O extends CommandOptions> = {
  readonly positionals: readonly string[];
  readonly values: OptionValues<O>;
};

export type CommandSpec<O extends CommandOptions> = {
  /** The words that choose it: `settle`, `import receipts`. */
  readonly name: string;
  readonly summary: string;
  /** Everything behind `dolka`: `import receipts FILE --mapping MAP.yaml`. */
  readonly usage: string;
  /** One line that works with the demo. */
  readonly example: string;
  readonly options: O;
  /** Returns the exit code (0 when nothing is returned), or throws a CommandFailure. */
  run(context: CommandContext, args: CommandArgs<O>): Promise<number | undefined> | Promise<void>;
};

/** A command whose options' types are known to nobody but itself. */
export type Command = Omit<CommandSpec<CommandOptions>, "run"> & {
  run(
    context: CommandContext,
    args: { positionals: string[]; values: never },
  ): Promise<number | undefined> | Promise<void>;
};

/** Declares a command: the types of `args.values` follow from its options. */
export function defineCommand<const O extends CommandOptions>(spec: CommandSpec<O>): Command {
  return spec as unknown as Command;
}

export const EXIT = { ok: 0, refused: 1, usage: 2, unreachable: 3 } as const;

/** An expected end of a command other than success: a sentence, an exit code, and data for --json. */
export class CommandFailure extends Error {
  override name = "CommandFailure";
  readonly exitCode: number;
  readonly details: unknown;

  constructor(exitCode: number, message: string, details?: unknown) {
    super(message);
    this.exitCode = exitCode;
    this.details = details;
  }
}

export const failure = {
  /** Understood, but refused, or a check that does not hold. */
  refused: (message: string, details?: unknown) => new CommandFailure(EXIT.refused, message, details),
  badUsage: (message: string) => new CommandFailure(EXIT.usage, message),
  unreachable: (message: string) => new CommandFailure(EXIT.unreachable, message),
};
