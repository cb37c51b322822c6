import type { Command } from "./command.ts";

/** Options that every command has. */
export const commonOptions = {
  home: { type: "string", description: "the data folder (default: DOLKA_HOME, else ./data)", placeholder: "FOLDER" },
  json: { type: "boolean", description: "print the answer as one JSON value on stdout" },
  help: { type: "boolean", short: "h", description: "show this text" },
} as const;

export function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  const list = commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`);
  return [
    "Dolka: one member, one wallet, one settlement between partners.",
    "",
    "usage: dolka COMMAND [options]",
    "",
    ...list,
    "",
    "`dolka COMMAND --help` shows a command's options and an example.",
    "Exit codes: 0 ok, 1 refused or a failed check, 2 bad usage, 3 an engine can't be reached.",
  ].join("\n");
}

export function helpOf(command: Command): string {
  const rows = Object.entries({ ...command.options, ...commonOptions }).map(([name, option]) => {
    const short = "short" in option && option.short !== undefined ? `-${option.short}, ` : "";
    const value = option.type === "string" ? ` ${("placeholder" in option && option.placeholder) || "VALUE"}` : "";
    const fallback = "default" in option && option.default !== undefined ? ` (default: ${String(option.default)})` : "";
    return [`${short}--${name}${value}`, `${option.description}${fallback}`] as const;
  });
  const width = Math.max(...rows.map(([left]) => left.length));
  return [
    command.summary,
    "",
    `usage: dolka ${command.usage}`,
    "",
    ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`),
    "",
    `example: ${command.example}`,
  ].join("\n");
}
