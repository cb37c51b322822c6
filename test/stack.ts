import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RunFile } from "#main/home/home.ts";
import { UNSAFE_BUT_FAST } from "#platform/engines/postgres-settings.ts";

const DOLKA = fileURLToPath(new URL("../bin/dolka.ts", import.meta.url));

/** Engines that start fast and need little, for stacks that a test starts itself. */
const FAST_ENGINES = JSON.stringify({
  postgres: { ...UNSAFE_BUT_FAST, shared_buffers: "32MB" },
  fsync: false,
  memoryMb: 512,
});

export type Finished = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** Runs `dolka ...` to its end. */
export async function dolka(args: readonly string[], env: Record<string, string> = {}): Promise<Finished> {
  return finished(start(args, env));
}

export type Stack = {
  readonly home: string;
  readonly pid: number;
  /** What run.json says now. */
  run(): RunFile;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<Finished>;
};

/** Starts `dolka up` on a home and returns when it says that it is ready. */
export async function startStack(
  home: string,
  args: readonly string[] = ["--empty", "--port", "0"],
  env: Record<string, string> = {},
): Promise<Stack> {
  const child = start(["up", "--json", "--home", home, ...args], env);
  const ended = finished(child);
  const ready = new Promise<void>((resolve) => child.stdout?.once("data", () => resolve()));
  const early = await Promise.race([ready, ended]);
  if (early !== undefined) throw new Error(`dolka up ended with ${early.code}: ${early.stderr}`);
  return {
    home,
    pid: child.pid as number,
    run: () => JSON.parse(readFileSync(join(home, "run.json"), "utf8")) as RunFile,
    kill: (signal) => child.kill(signal),
    ended,
  };
}

/** A folder for a home, removed by `remove`. */
export function temporaryHome(): { home: string; remove(): void } {
  const home = mkdtempSync(join(tmpdir(), "dolka-home-"));
  return { home, remove: () => rmSync(home, { recursive: true, force: true }) };
}

function start(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
  const { PG_URL: _pg, CLICKHOUSE_URL: _ch, DOLKA_HOME: _home, NODE_TEST_CONTEXT: _test, ...inherited } = process.env;
  return spawn(process.execPath, [DOLKA, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...inherited, DOLKA_ENGINES: FAST_ENGINES, LOG_LEVEL: "warn", ...env },
  });
}

function finished(child: ChildProcess): Promise<Finished> {
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, stdout, stderr })));
}
