import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, renameSync, statSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** Tells a child that its stdin is the lifeline: started by hand or by systemd, its stdin says nothing about a parent. */
const LIFELINE = "DOLKA_LIFELINE";

export type ExitInfo = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

export type ChildOptions = {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** The whole environment of the child: nothing is inherited. */
  readonly onlyEnv?: Readonly<Record<string, string>>;
  /** File that stdout and stderr are appended to; without it they are this process's own. */
  readonly logFile?: string;
  readonly uid?: number;
  readonly gid?: number;
};

/** A child process with a lifeline: its stdin is a pipe from this process, so the end of either is seen by the other. */
export type Child = {
  readonly pid: number;
  readonly exited: Promise<ExitInfo>;
  isRunning(): boolean;
  kill(signal: NodeJS.Signals): void;
  /** Sends `signal`, waits up to `graceMs`, then sends SIGKILL. Returns when the process is gone. */
  stop(signal: NodeJS.Signals, graceMs: number): Promise<ExitInfo>;
};

/**
 * Starts a process in a process group of its own: a Ctrl-C on the terminal then reaches the supervisor only, which
 * stops its children in order. Throws when the program cannot be started at all.
 */
export async function spawnChild(options: ChildOptions): Promise<Child> {
  const log = options.logFile === undefined ? undefined : openLog(options.logFile);
  try {
    const process_ = spawn(options.command, options.args, {
      detached: true,
      stdio: ["pipe", log ?? "inherit", log ?? "inherit"],
      env: options.onlyEnv ?? { ...process.env, ...options.env, [LIFELINE]: "stdin" },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.uid === undefined ? {} : { uid: options.uid }),
      ...(options.gid === undefined ? {} : { gid: options.gid }),
    });
    await new Promise<void>((resolve, reject) => {
      process_.once("spawn", resolve);
      process_.once("error", reject);
    });
    return childOf(process_);
  } finally {
    if (log !== undefined) closeSync(log);
  }
}

const LOG_LIMIT_BYTES = 32 * 1024 * 1024;

/** A log that has grown large is put aside at a start, in place of the one before. */
function openLog(file: string): number {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LOG_LIMIT_BYTES) renameSync(file, `${file}.1`);
  return openSync(file, "a", 0o600);
}

function childOf(process_: ChildProcess): Child {
  process_.stdin?.on("error", () => {}); // the other end closing is the normal end of a lifeline
  process_.on("error", () => {}); // a signal that could not be sent: the exit event tells the truth
  const exited = new Promise<ExitInfo>((resolve) => {
    process_.once("exit", (code, signal) => resolve({ code, signal }));
  });
  const isRunning = () => process_.exitCode === null && process_.signalCode === null;
  const kill = (signal: NodeJS.Signals) => {
    if (isRunning()) process_.kill(signal);
  };
  return {
    pid: process_.pid as number,
    exited,
    isRunning,
    kill,
    async stop(signal, graceMs) {
      kill(signal);
      const timer = new AbortController();
      const gone = await Promise.race([
        exited.then(() => true),
        delay(graceMs, false, { signal: timer.signal }).catch(() => true),
      ]);
      timer.abort();
      if (!gone) kill("SIGKILL");
      return exited;
    },
  };
}

/**
 * Calls `onParentGone` once the process that started this one by `spawnChild` has died: the lifeline pipe on stdin
 * reaches its end. Does nothing in a process that was started otherwise.
 */
export function watchParent(onParentGone: () => void): void {
  if (process.env[LIFELINE] !== "stdin") return;
  process.stdin.on("error", () => {});
  process.stdin.once("end", onParentGone);
  process.stdin.once("close", onParentGone);
  process.stdin.resume();
  process.stdin.unref?.();
}
