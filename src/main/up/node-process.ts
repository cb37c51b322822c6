import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { logFolder } from "#main/home/home.ts";
import { type ProcessSettings, settingsToEnvironment } from "#main/process-settings.ts";
import { type Child, spawnChild } from "#platform/process/child.ts";
import type { Running } from "#platform/process/supervise.ts";

const READY_WITHIN_MS = 60_000;
/** A batch's objects die young if there is room for them until it is posted: 64 MB instead of 16. */
const NODE_FLAGS = ["--max-semi-space-size=64"];
const STOP_WITHIN_MS = 25_000;

/** Starts `src/main/<name>.ts` as a process and returns once its /healthz answers. */
export async function startNodeProcess(name: "api" | "worker", settings: ProcessSettings): Promise<Running> {
  const logFile = join(logFolder(settings.home), `${name}.log`);
  const child = await spawnChild({
    command: process.execPath,
    args: [...NODE_FLAGS, fileURLToPath(new URL(`../${name}.ts`, import.meta.url))],
    env: settingsToEnvironment(settings),
    logFile,
  });
  const host = name === "api" && settings.host !== "0.0.0.0" && settings.host !== "::" ? settings.host : "127.0.0.1";
  await untilHealthy(name, child, `http://${host}:${settings.port}/healthz`, logFile);
  return { pid: child.pid, exited: child.exited, stop: async () => void (await child.stop("SIGTERM", STOP_WITHIN_MS)) };
}

async function untilHealthy(name: string, child: Child, url: string, logFile: string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    if (!child.isRunning()) throw new Error(`The ${name} process ended while starting; its log is ${logFile}`);
    try {
      if ((await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok) return;
    } catch {
      // not listening yet
    }
    if (Date.now() > deadline) {
      await child.stop("SIGKILL", 0);
      throw new Error(`The ${name} process did not answer within ${READY_WITHIN_MS / 1000} s; its log is ${logFile}`);
    }
    await delay(30);
  }
}
