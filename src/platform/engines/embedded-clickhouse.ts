import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { availableMemoryBytes } from "#platform/memory.ts";
import { type Child, type ExitInfo, spawnChild } from "#platform/process/child.ts";
import { freePort } from "#platform/process/ports.ts";
import { requireSupportedPlatform } from "./support.ts";

const READY_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 20_000;

export type ClickhouseOptions = {
  readonly dataFolder: string;
  readonly password: string;
  /** 0 chooses a free one. */
  readonly port: number;
  readonly logFile?: string;
  /** The most memory the engine may use; by default three tenths of the machine's, 512 MB to 8 GB. */
  readonly memoryMb?: number;
  /** False for tests: an insert is answered before the disk has it. */
  readonly fsync?: boolean;
};

export type RunningClickhouse = {
  /** With user and password, as `@clickhouse/client` takes it. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly exited: Promise<ExitInfo>;
  stop(): Promise<void>;
};

/** Starts the analytics process on loopback and returns when it answers. Throws when it does not come up. */
export async function startClickhouse(options: ClickhouseOptions): Promise<RunningClickhouse> {
  requireSupportedPlatform();
  const dataFolder = resolve(options.dataFolder);
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const port = options.port === 0 ? await freePort() : options.port;
  const memoryMb =
    options.memoryMb ?? Math.min(8192, Math.max(512, Math.floor((availableMemoryBytes() / 2 ** 20) * 0.3)));
  const child = await spawnChild({
    command: process.execPath,
    args: [
      fileURLToPath(new URL("./clickhouse-server.ts", import.meta.url)),
      `--data=${dataFolder}`,
      `--port=${port}`,
      `--memory-mb=${memoryMb}`,
      ...(options.fsync === false ? ["--no-fsync"] : []),
    ],
    // Queries run on libuv's pool: 4 threads, its default, would let 4 queries block everybody else.
    env: { UV_THREADPOOL_SIZE: "24", DOLKA_CLICKHOUSE_PASSWORD: options.password, TZ: "UTC" },
    ...(options.logFile === undefined ? {} : { logFile: options.logFile }),
  });
  await untilReady(child, port, options.logFile);
  return {
    url: `http://default:${encodeURIComponent(options.password)}@127.0.0.1:${port}`,
    port,
    pid: child.pid,
    exited: child.exited,
    stop: async () => {
      await child.stop("SIGTERM", STOP_WITHIN_MS);
    },
  };
}

async function untilReady(child: Child, port: number, logFile: string | undefined): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (!(await answersPing(port))) {
    if (!child.isRunning()) {
      const where = logFile === undefined ? "" : `; its log is ${logFile}`;
      throw new Error(`ClickHouse ended while starting (port ${port})${where}`);
    }
    if (Date.now() > deadline) {
      await child.stop("SIGKILL", 0);
      throw new Error(`ClickHouse did not answer within ${READY_WITHIN_MS / 1000} s`);
    }
    await delay(30);
  }
}

async function answersPing(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/ping`, { signal: AbortSignal.timeout(5_000) })).ok;
  } catch {
    return false;
  }
}
