import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Lock, type LockedError, lockHolder, takeLock } from "#platform/process/lock.ts";
import { writePrivateFile } from "#platform/secrets.ts";

/** An API key that the demo made, for scripts and for the screen. */
export type DemoKey = { readonly role: string; readonly partner?: string; readonly key: string };

/** `<home>/run.json`: where the running stack is. There while it runs, mode 0600. */
export type RunFile = {
  readonly pid: number;
  readonly startedAt: string;
  readonly home: string;
  readonly api: string;
  readonly worker: string;
  readonly postgres: string;
  readonly clickhouse: string;
  readonly pids: Readonly<Record<string, number>>;
  readonly keys: readonly DemoKey[];
};

/** `<home>/home.json`: what this home is, for good. */
export type HomeState = {
  readonly createdAt: string;
  /** Names of the demo steps that are done; "none" when the home was asked to stay empty. */
  readonly seeded: readonly string[] | "none";
  readonly keys: readonly DemoKey[];
};

/** The home folder: `--home`, else DOLKA_HOME, else `data` below the working folder. */
export function homeFolder(option: string | undefined): string {
  return resolve(option ?? process.env.DOLKA_HOME ?? "data");
}

export function logFolder(home: string): string {
  const folder = join(home, "logs");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** Takes the home for this process. Throws LockedError when a stack or another command has it. */
export function takeHome(home: string): Lock {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  return takeLock(join(home, "lock"));
}

/** The stack that runs on this home; undefined when none does (a file that a killed stack left is ignored). */
export function runningStack(home: string): RunFile | undefined {
  const run = readJson<RunFile>(join(home, "run.json"));
  const holder = lockHolder(join(home, "lock"));
  return run !== undefined && holder?.pid === run.pid ? run : undefined;
}

/** What run.json says, even when the stack behind it has died. */
export function lastRun(home: string): RunFile | undefined {
  return readJson<RunFile>(join(home, "run.json"));
}

export function writeRunFile(home: string, run: RunFile): void {
  writePrivateFile(join(home, "run.json"), `${JSON.stringify(run, null, 2)}\n`);
}

export function removeRunFile(home: string): void {
  rmSync(join(home, "run.json"), { force: true });
}

export function readHomeState(home: string): HomeState | undefined {
  return readJson<HomeState>(join(home, "home.json"));
}

export function writeHomeState(home: string, state: HomeState): void {
  writePrivateFile(join(home, "home.json"), `${JSON.stringify(state, null, 2)}\n`);
}

/** A sentence for a person about who has the home. */
export function lockedSentence(home: string, error: LockedError): string {
  const run = runningStack(home);
  const what = run === undefined ? "Another dolka command is starting or working on" : "Dolka is already running on";
  const where = run === undefined ? "" : `, serving ${run.api}`;
  return `${what} the home ${home} (process ${error.holder.pid}${where}). Stop it, or choose another home with --home.`;
}

function readJson<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT" || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
