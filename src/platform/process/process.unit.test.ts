import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { silentLogger } from "#platform/log.ts";
import { birthOf } from "./alive.ts";
import type { ExitInfo } from "./child.ts";
import { LockedError, lockHolder, takeLock } from "./lock.ts";
import { runLoops } from "./loops.ts";
import { freePort, isPortFree } from "./ports.ts";
import { type Running, supervise } from "./supervise.ts";

test("a lock is held by one living process; a dead one's is taken over, also when its number is used again", () => {
  const folder = mkdtempSync(join(tmpdir(), "dolka-lock-"));
  const path = join(folder, "lock");
  const lock = takeLock(path);
  assert.equal(lockHolder(path)?.pid, process.pid);
  assert.throws(() => takeLock(path), LockedError);
  lock.release();
  lock.release();
  assert.equal(lockHolder(path), undefined);
  for (const dead of [{ pid: process.pid, birth: "another life" }, { pid: 2 ** 22 + 1, birth: "1" }, "half-writt"]) {
    writeFileSync(path, typeof dead === "string" ? dead : JSON.stringify(dead));
    takeLock(path).release();
  }
  assert.deepEqual(readdirSync(folder), []);
  rmSync(folder, { recursive: true });
});

test("a process is known by its birth, and a port by who listens", async () => {
  assert.equal(birthOf(process.pid), birthOf(process.pid));
  assert.equal(birthOf(2 ** 22 + 1), undefined);
  assert.equal(await isPortFree(await freePort()), true);
});

/** Something that a test ends when it likes. */
function puppet(pid: number): Running & { die(): void } {
  let end: (exit: ExitInfo) => void = () => {};
  const exited = new Promise<ExitInfo>((resolve) => {
    end = resolve;
  });
  const die = () => end({ code: null, signal: "SIGKILL" });
  return { pid, exited, die, stop: async () => die() };
}

test("what dies is started again, also when a start fails on the way, and stays down once stopped", async () => {
  const puppets: ReturnType<typeof puppet>[] = [];
  let failing = 0;
  let onRestart: () => void = () => {};
  const restarted = () =>
    new Promise<void>((resolve) => {
      onRestart = resolve;
    });
  const failures: unknown[] = [];
  const service = await supervise(
    "puppet",
    async () => {
      if (failing-- > 0) throw new Error("no start");
      const next = puppet(puppets.length + 1);
      puppets.push(next);
      return next;
    },
    { onRestarted: () => onRestart(), onRestartFailed: (_name, error) => failures.push(error) },
  );
  assert.equal(service.current()?.pid, 1);
  const second = restarted();
  failing = 1;
  puppets[0]?.die();
  await second;
  assert.deepEqual([service.current()?.pid, service.restarts(), failures.length], [2, 1, 1]);
  await service.stop();
  assert.equal(puppets.length, 2);
  await assert.rejects(
    supervise("never", async () => {
      throw new Error("does not start");
    }),
    /does not start/,
  );
});

test("a loop that fails goes on after a pause, and its neighbour never notices", async () => {
  const stop = new AbortController();
  let tries = 0;
  let isSteady = false;
  const running = runLoops(
    [
      {
        name: "shaky",
        async run() {
          tries++;
          if (tries === 1) throw new Error("first try");
          stop.abort();
        },
      },
      {
        name: "steady",
        async run(signal) {
          isSteady = true;
          await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
        },
      },
    ],
    stop.signal,
    silentLogger(),
  );
  await running.ended;
  assert.deepEqual([tries, isSteady], [2, true]);
  assert.deepEqual(
    running.health().map(({ name, state, failures }) => [name, state, failures]),
    [
      ["shaky", "ended", 1],
      ["steady", "ended", 0],
    ],
  );
});
