import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { commandLineOf, isAlive, processesIn } from "#platform/process/alive.ts";

/** How long an earlier server may take to end before it is made to. */
const GRACE_MS = 30_000;

/**
 * Clears what an earlier run left on this data folder. A server that still runs there (its supervisor was killed) is
 * stopped; a postmaster.pid whose number now belongs to another program is removed, which PostgreSQL itself would take
 * for a running server; the orphans of a killed postmaster are waited for, since they still hold its shared memory.
 */
export async function clearEarlierServer(dataFolder: string): Promise<void> {
  const pid = recordedPid(dataFolder);
  if (pid !== undefined && isAlive(pid)) {
    if (isServerOf(pid)) {
      await stopServer(pid);
    } else {
      await waitForOrphans(dataFolder);
      rmSync(join(dataFolder, "postmaster.pid"), { force: true });
      return;
    }
  }
  await waitForOrphans(dataFolder);
}

function recordedPid(dataFolder: string): number | undefined {
  try {
    const pid = Number(readFileSync(join(dataFolder, "postmaster.pid"), "utf8").split("\n", 1)[0]);
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** The pid stands in the folder's own postmaster.pid: if that process is a PostgreSQL at all, it is this folder's. */
function isServerOf(pid: number): boolean {
  return /(^|\/)postgres(\s|$)/.test(commandLineOf(pid) ?? "");
}

async function stopServer(pid: number): Promise<void> {
  signal(pid, "SIGINT"); // fast shutdown: disconnect everybody, write a checkpoint
  if (await goneWithin([pid], GRACE_MS)) return;
  signal(pid, "SIGQUIT"); // immediate shutdown: recovery at the next start
  await goneWithin([pid], GRACE_MS);
}

async function waitForOrphans(dataFolder: string): Promise<void> {
  const orphans = processesIn(dataFolder);
  if (orphans.length === 0 || (await goneWithin(orphans, GRACE_MS))) return;
  for (const orphan of orphans) signal(orphan, "SIGQUIT");
  await goneWithin(orphans, GRACE_MS);
}

async function goneWithin(pids: readonly number[], limitMs: number): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < limitMs; waitedMs += 50) {
    if (!pids.some(isAlive)) return true;
    await delay(50);
  }
  return !pids.some(isAlive);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // it ended meanwhile
  }
}
