import { type Logger, pino } from "pino";

export type { Logger } from "pino";

export type LogOptions = {
  /** Which process or part speaks. */
  readonly name: string;
  readonly level?: string;
  /** One readable line instead of JSON; by default when stderr is a terminal. */
  readonly pretty?: boolean;
  /** Where lines go instead of stderr. */
  readonly write?: (line: string) => void;
};

/** Keys whose values never reach a log, at the top and one level down. */
const SECRET = ["password", "authorization", "cookie", "key", "apiKey", "token", "secret", "phone", "email"];

/** Structured log on stderr: JSON lines, or readable lines on a terminal. LOG_LEVEL chooses the level (info). */
export function createLogger(options: LogOptions): Logger {
  const pretty = options.pretty ?? (options.write === undefined && process.stderr.isTTY === true);
  const write = options.write ?? ((line: string) => void process.stderr.write(line));
  const destination = pretty
    ? { write: (line: string) => write(prettyLine(line)) }
    : options.write === undefined
      ? pino.destination(2)
      : { write };
  return pino(
    {
      name: options.name,
      level: options.level ?? process.env.LOG_LEVEL ?? "info",
      base: { name: options.name, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: [...SECRET, ...SECRET.map((key) => `*.${key}`), "req.headers.authorization", "req.headers.cookie"],
        censor: "[secret]",
      },
    },
    destination,
  );
}

/** A log that keeps nothing, for tests. */
export function silentLogger(): Logger {
  return pino({ level: "silent" });
}

function prettyLine(line: string): string {
  const { time, level, name, pid: _pid, msg, err, ...rest } = JSON.parse(line) as Record<string, unknown>;
  const clock = String(time).slice(11, 23);
  const details = Object.keys(rest).length === 0 ? "" : ` ${JSON.stringify(rest)}`;
  const failure = err === undefined ? "" : `\n  ${(err as { stack?: string }).stack ?? JSON.stringify(err)}`;
  return `${clock} ${String(level).toUpperCase().padEnd(5)} ${name}: ${msg ?? ""}${details}${failure}\n`;
}

/** A URL that may be shown: without its password. */
export function withoutPassword(url: string): string {
  const parsed = new URL(url);
  if (parsed.password !== "") parsed.password = "***";
  return parsed.href;
}
